import { isGuid } from '../../platform/ids.ts'

const MAX_LENGTH = 255
const MAX_COUNT = 50

/** What the check of identifier URIs needs to know besides them. */
export interface IdentifierUriFacts {
  readonly appId: string
  readonly tenantId: string
  /** Verified domain names of the tenant, lower case. */
  readonly verifiedDomains: readonly string[]
}

/**
 * Why each of these cannot name the application's API. A name is a claim: who may call himself
 * `https://contoso.com/api` receives the tokens meant for that, so the domain must be the tenant's own, and a GUID
 * in `api://{guid}` must be the application's or the tenant's.
 */
export function identifierUriProblems(uris: readonly string[], facts: IdentifierUriFacts): readonly string[] {
  const problems: string[] = []
  const seen = new Set<string>()
  for (const uri of uris) {
    const key = uri.toLowerCase()
    const problem = seen.has(key) ? 'is given more than once' : identifierUriProblem(uri, facts)
    seen.add(key)
    if (problem !== null) problems.push(`The identifier URI '${uri}' ${problem}.`)
  }
  if (seen.size > MAX_COUNT) problems.push(`An application has at most ${MAX_COUNT} identifier URIs.`)
  return problems
}

function identifierUriProblem(uri: string, facts: IdentifierUriFacts): string | null {
  if (uri.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  const parts = /^(api|https):\/\/([a-z0-9.-]+)((?:\/[a-z0-9._~-]+)*)(\/?)$/i.exec(uri)
  if (parts === null) {
    return 'must look like api://{appId}, api://{name} or https://{verified domain}/{path}, without port, query, fragment or wildcard'
  }
  const [, scheme = '', host = '', path = '', slash] = parts
  if (slash === '/') return 'must not end with a slash'
  // `api://x/.default` would make the scope `api://x/.default` mean two things.
  if (path.split('/').some((segment) => segment.startsWith('.')))
    return 'must not have a segment that begins with a dot'
  const name = host.toLowerCase()
  if (scheme.toLowerCase() === 'https')
    return facts.verifiedDomains.some((domain) => isWithin(name, domain))
      ? null
      : `must be on a verified domain of the organisation, which '${name}' is not`
  return isGuid(name) && name !== facts.appId && name !== facts.tenantId
    ? `must not name the GUID of something else; this application's is ${facts.appId}`
    : null
}

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)
