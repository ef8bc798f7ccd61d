/** The scopes of OpenID Connect itself; everything else names a permission of some resource. */
export const openIdScopes = ['openid', 'profile', 'email', 'offline_access'] as const
export type OpenIdScope = (typeof openIdScopes)[number]

/** A `scope` parameter as Entra understands it. */
export interface RequestedScopes {
  readonly openId: readonly OpenIdScope[]
  /** `null`: only OpenID scopes were asked for. */
  readonly resource: RequestedResource | null
}

export interface RequestedResource {
  /** As the client wrote it: an identifier URI, an appId, or `null` for scopes without one, which are Graph's. */
  readonly identifier: string | null
  /** `.default`: everything that is consented (delegated) or assigned (application), RFC 6749 §3.3 in Entra's reading. */
  readonly permissions: 'default' | readonly string[]
}

export type ParsedScopes =
  | { readonly outcome: 'parsed'; readonly scopes: RequestedScopes }
  | { readonly outcome: 'refused'; readonly code: 'AADSTS70011' | 'AADSTS28000'; readonly message: string }

const DEFAULT = '.default'

/**
 * Reads a `scope` parameter. One resource per request, since a token has one audience; `.default` stands alone
 * beside OpenID scopes. Whether resource and permissions exist is not decided here.
 */
export function parseScopes(text: string): ParsedScopes {
  const openId: OpenIdScope[] = []
  const permissions = new Map<string | null, Set<string>>()
  for (const word of new Set(text.split(' ').filter((part) => part !== ''))) {
    const standard = openIdScopes.find((scope) => scope === word)
    if (standard !== undefined) {
      openId.push(standard)
      continue
    }
    const { identifier, permission } = split(word)
    if (permission === '')
      return refused('AADSTS70011', `The scope ${word} is not valid: it names no permission.`)
    permissions.set(identifier, (permissions.get(identifier) ?? new Set()).add(permission))
  }
  const [first, ...others] = permissions
  if (first === undefined) return { outcome: 'parsed', scopes: { openId, resource: null } }
  if (others.length > 0) {
    return refused('AADSTS28000', 'The scopes belong to several resources; ask for one resource at a time.')
  }
  const [identifier, names] = first
  if (names.has(DEFAULT) && names.size > 1) {
    return refused('AADSTS70011', '.default cannot be combined with other scopes of the same resource.')
  }
  return {
    outcome: 'parsed',
    scopes: { openId, resource: { identifier, permissions: names.has(DEFAULT) ? 'default' : [...names] } },
  }
}

function split(word: string): { readonly identifier: string | null; readonly permission: string } {
  const slash = word.lastIndexOf('/')
  if (slash === -1) return { identifier: null, permission: word }
  return { identifier: word.slice(0, slash), permission: word.slice(slash + 1) }
}

const refused = (code: 'AADSTS70011' | 'AADSTS28000', message: string): ParsedScopes => ({
  outcome: 'refused',
  code,
  message,
})

/** The scopes of an answer, in the words of the request: permissions carry the identifier that the client used. */
export const presentScopes = (
  openId: readonly string[],
  identifier: string | null,
  permissions: readonly string[],
): string =>
  [...permissions.map((name) => (identifier === null ? name : `${identifier}/${name}`)), ...openId].join(' ')
