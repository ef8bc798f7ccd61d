import type { EngineDirectory, ResourceFacts } from './facts.ts'
import { OFFLINE, resourceIndicator } from './live-grants.ts'
import { parseScopes } from './scopes.ts'

/** A request's parameters in the engine's words, and what must be remembered to answer in the client's. */
export interface RewrittenParameters {
  readonly parameters: URLSearchParams
  readonly resourceIdentifier: string | null
  readonly wantsClientInfo: boolean
}

/** Stands for a refused scope; the engine turns it into an OAuth error in the form that the request asked for. */
const refusal = (code: string, message: string): string =>
  `xenia-refused:${encodeURIComponent(`|${code}|${message}`)}`

/**
 * Entra's parameters → the engine's: scopes name their resource in themselves, there is no `resource` parameter,
 * and `offline_access` needs no prompt. What is malformed in another way is left for the engine to refuse.
 */
export async function rewriteParameters(
  original: URLSearchParams,
  directory: EngineDirectory,
): Promise<RewrittenParameters> {
  const parameters = new URLSearchParams(original)
  const wantsClientInfo = original.get('client_info') === '1'
  parameters.delete('client_info')
  const rewritten = (resourceIdentifier: string | null) => ({
    parameters,
    resourceIdentifier,
    wantsClientInfo,
  })
  const refuse = (code: string, message: string) => {
    parameters.set('scope', OFFLINE)
    parameters.set('resource', refusal(code, message))
    return rewritten(null)
  }

  if (original.has('resource')) {
    return refuse('AADSTS901002', 'The resource parameter is not supported; name the resource in the scopes.')
  }
  const applicationItself = original.get('grant_type') === 'client_credentials'
  if (original.getAll('scope').length !== 1) {
    return applicationItself && !original.has('scope')
      ? refuse('AADSTS90014', 'The required field scope is missing; ask for {resource}/.default.')
      : rewritten(null)
  }
  const parsed = parseScopes(original.get('scope') ?? '')
  if (parsed.outcome === 'refused') return refuse(parsed.code, parsed.message)
  const { openId, resource } = parsed.scopes
  if (applicationItself && resource?.permissions !== 'default') {
    return refuse(
      'AADSTS1002012',
      'An application asks for {resource}/.default and gets the roles it was given.',
    )
  }
  if (resource === null) {
    parameters.set('scope', openId.map(internal).join(' '))
    return rewritten(null)
  }
  const clientId = original.get('client_id')
  if (applicationItself && clientId !== null) {
    await directory.prepareForApplication(clientId, original.get('client_secret'), resource.identifier)
  }
  const facts = await directory.findResource(resource.identifier)
  if (facts === null) {
    const name = resource.identifier ?? 'Microsoft Graph'
    return refuse('AADSTS500011', `The resource ${name} was not found in this directory.`)
  }
  // As Entra does, whatever RFC 6749 §3.3 says of case: Microsoft's samples ask for `user.read`.
  const known = new Map(facts.scopes.map((name) => [name.toLowerCase(), name]))
  const named = resource.permissions === 'default' ? [] : resource.permissions
  const unknown = named.filter((name) => !known.has(name.toLowerCase()))
  if (unknown.length > 0)
    return refuse('AADSTS70011', `The resource has no permission ${unknown.join(', ')}.`)
  const permissions =
    resource.permissions === 'default'
      ? await defaultPermissions(directory, clientId, facts)
      : [...new Set(named.flatMap((name) => known.get(name.toLowerCase()) ?? []))]
  parameters.set('resource', resourceIndicator(facts.appId))
  if (applicationItself) parameters.delete('scope')
  else parameters.set('scope', [...openId.map(internal), ...permissions].join(' '))
  return rewritten(resource.identifier)
}

const internal = (scope: string): string => (scope === 'offline_access' ? OFFLINE : scope)

/** `.default` for a person: what the application declares, and everything where it declares nothing. */
async function defaultPermissions(
  directory: EngineDirectory,
  clientId: string | null,
  resource: ResourceFacts,
): Promise<readonly string[]> {
  const client = clientId === null ? null : await directory.findClient(clientId)
  const declared = client?.declaredScopes.get(resource.appId) ?? []
  const values = declared.flatMap((id) => resource.scopesById.get(id) ?? [])
  return values.length > 0 ? values : resource.scopes
}
