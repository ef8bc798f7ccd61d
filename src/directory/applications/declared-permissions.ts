import { isGuid } from '../../platform/ids.ts'
import type { AppRole, PermissionScope } from './model.ts'

const MAX_DECLARED = 1_200
const MAX_VALUE = 120
const MAX_NAME = 100
const MAX_DESCRIPTION = 1_000

// RFC 6749 §3.3 scope tokens without quote and backslash; the value also stands in the `roles` claim.
const VALUE = /^[A-Za-z0-9:!#$%&'()*+,\-./;<=>?@[\]^_`{|}~]+$/
/** Meant for the sign-in itself wherever they are asked, so no API may declare them. */
const RESERVED = new Set(['openid', 'profile', 'email', 'offline_access', 'address', 'phone'])

export interface DeclarationProblem {
  readonly target: string
  readonly message: string
}

/** What is wrong with the app roles and scopes that an application declares, taken together (unique ids and values). */
export function declarationProblems(
  roles: readonly AppRole[],
  scopes: readonly PermissionScope[],
): readonly DeclarationProblem[] {
  const inRoles = (message: string): DeclarationProblem => ({ target: 'appRoles', message })
  const inScopes = (message: string): DeclarationProblem => ({
    target: 'api/oauth2PermissionScopes',
    message,
  })
  const ids = new Set<string>()
  const problems: DeclarationProblem[] = []

  const roleValues = new Set<string>()
  for (const role of roles) {
    const name = `The app role '${role.value ?? role.displayName}'`
    const faults = [
      idProblem(role.id, ids),
      role.value === null ? null : valueProblem(role.value, roleValues),
      textProblem('displayName', role.displayName, MAX_NAME),
      textProblem('description', role.description, MAX_DESCRIPTION),
      role.allowedMemberTypes.length === 0
        ? 'must allow User, Application or both in allowedMemberTypes'
        : null,
      new Set(role.allowedMemberTypes).size < role.allowedMemberTypes.length
        ? 'names a member type twice in allowedMemberTypes'
        : null,
      // Without a value there is nothing to put into an application's token.
      role.value === null && role.allowedMemberTypes.includes('Application')
        ? 'needs a value to be given to applications'
        : null,
    ]
    problems.push(...faults.filter(isFault).map((fault) => inRoles(`${name} ${fault}.`)))
  }

  const scopeValues = new Set<string>()
  for (const scope of scopes) {
    const name = `The scope '${scope.value}'`
    const faults = [
      idProblem(scope.id, ids),
      valueProblem(scope.value, scopeValues),
      RESERVED.has(scope.value) ? 'is reserved for sign-in' : null,
      textProblem('adminConsentDisplayName', scope.adminConsentDisplayName, MAX_NAME),
      textProblem('adminConsentDescription', scope.adminConsentDescription, MAX_DESCRIPTION),
    ]
    problems.push(...faults.filter(isFault).map((fault) => inScopes(`${name} ${fault}.`)))
  }
  if (roles.length + scopes.length > MAX_DECLARED) {
    problems.push(inRoles(`An application declares at most ${MAX_DECLARED} app roles and scopes.`))
  }
  return problems
}

/**
 * An enabled role or scope cannot vanish: people or applications may hold it. Graph asks for two steps, disable and
 * then remove, so that one careless PATCH with a shorter list takes nothing away.
 */
export function removalProblems(
  before: readonly { readonly id: string; readonly value: string | null; readonly isEnabled: boolean }[],
  after: readonly { readonly id: string }[],
): readonly string[] {
  const kept = new Set(after.map((declared) => declared.id))
  return before
    .filter((declared) => declared.isEnabled && !kept.has(declared.id))
    .map(
      (declared) =>
        `'${declared.value ?? declared.id}' must be disabled (isEnabled false) before it is removed.`,
    )
}

const isFault = (fault: string | null): fault is string => fault !== null

function idProblem(id: string, seen: Set<string>): string | null {
  if (!isGuid(id)) return 'needs a GUID as its id'
  if (seen.has(id)) return `has the id ${id}, which another app role or scope has`
  seen.add(id)
  return null
}

function valueProblem(value: string, seen: Set<string>): string | null {
  if (!VALUE.test(value)) return 'has a value with a space or another character that a token cannot carry'
  if (value.length > MAX_VALUE) return `has a value longer than ${MAX_VALUE} characters`
  // `.default` asks for everything; a value that looks like it would be taken for it.
  if (value.startsWith('.')) return 'has a value that begins with a dot'
  if (seen.has(value)) return 'has a value that is declared twice'
  seen.add(value)
  return null
}

function textProblem(property: string, text: string, limit: number): string | null {
  if (text.trim() === '') return `needs a ${property}`
  return text.length > limit ? `has a ${property} longer than ${limit} characters` : null
}
