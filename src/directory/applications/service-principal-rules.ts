import type { ErrorDetail } from '../../platform/errors.ts'
import type { ServicePrincipalSettings } from './model.ts'
import { nameProblems } from './rules.ts'

type Changes = { readonly [Name in keyof ServicePrincipalSettings]?: ServicePrincipalSettings[Name] | null }

const SIGN_ON_MODES = new Set(['password', 'saml', 'notSupported', 'oidc'])
const MAX_TEXT = 1_024
const MAX_NOTIFIED = 5

/** The settings after `changes`, and everything that is wrong with them. */
export function judgeServicePrincipal(
  before: ServicePrincipalSettings,
  changes: Changes,
): { readonly settings: ServicePrincipalSettings; readonly problems: readonly ErrorDetail[] } {
  const orBefore = <K extends 'description' | 'notes' | 'loginUrl' | 'preferredSingleSignOnMode'>(
    name: K,
  ): string | null => (changes[name] === undefined ? before[name] : changes[name])
  const settings: ServicePrincipalSettings = {
    displayName: changes.displayName === undefined ? before.displayName : (changes.displayName ?? '').trim(),
    description: orBefore('description'),
    notes: orBefore('notes'),
    accountEnabled: changes.accountEnabled ?? before.accountEnabled,
    appRoleAssignmentRequired: changes.appRoleAssignmentRequired ?? before.appRoleAssignmentRequired,
    tags: changes.tags === undefined ? before.tags : [...new Set(changes.tags ?? [])],
    loginUrl: orBefore('loginUrl'),
    preferredSingleSignOnMode: orBefore('preferredSingleSignOnMode'),
    notificationEmailAddresses:
      changes.notificationEmailAddresses === undefined
        ? before.notificationEmailAddresses
        : (changes.notificationEmailAddresses ?? []),
  }

  const problems: ErrorDetail[] = []
  const add = (target: string, message: string): void => {
    problems.push({ code: 'InvalidValue', target, message })
  }
  for (const message of nameProblems(settings.displayName)) add('displayName', message)
  for (const name of ['description', 'notes'] as const) {
    if ((settings[name] ?? '').length > MAX_TEXT) add(name, `${name} has at most ${MAX_TEXT} characters.`)
  }
  if (settings.tags.length > 256 || settings.tags.some((tag) => tag === '' || tag.length > 256)) {
    add('tags', 'There are at most 256 tags of 1 to 256 characters.')
  }
  if (settings.loginUrl !== null && !/^https?:$/.test(URL.parse(settings.loginUrl)?.protocol ?? '')) {
    add('loginUrl', 'loginUrl must be a web address.')
  }
  const mode = settings.preferredSingleSignOnMode
  if (mode !== null && !SIGN_ON_MODES.has(mode)) {
    add('preferredSingleSignOnMode', `preferredSingleSignOnMode is one of ${[...SIGN_ON_MODES].join(', ')}.`)
  }
  const notified = settings.notificationEmailAddresses
  if (
    notified.length > MAX_NOTIFIED ||
    notified.some((address) => !/^[^\s@]{1,64}@[^\s@]{1,253}$/.test(address))
  ) {
    add(
      'notificationEmailAddresses',
      `There are at most ${MAX_NOTIFIED} notification addresses, each a mail address.`,
    )
  }
  return { settings, problems }
}
