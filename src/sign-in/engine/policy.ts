import { interactionPolicy } from 'oidc-provider'
import { systemClock } from '../../platform/clock.ts'
import type { EngineDirectory } from './facts.ts'
import { beganAfter } from './session-age.ts'

const { Check, Prompt, base } = interactionPolicy

const PASSCODE_SESSION_SECONDS = 24 * 3600
const NOT_ASSIGNED =
  'AADSTS50105: The signed-in user is not assigned to a role for the application, and only assigned users may use it.'

/** `appRoleAssignmentRequired`: the application is only for people who are assigned to it. */
export async function mayUse(
  directory: EngineDirectory,
  accountId: string,
  clientId: string,
): Promise<boolean> {
  const client = await directory.findClient(clientId)
  if (client === null || !client.assignmentRequired || client.servicePrincipalId === null) return true
  return directory.isAssigned(accountId, client.servicePrincipalId)
}

/**
 * When the engine must show a page. `login` covers everything up to an accepted, signed-in account (identifier,
 * home tenant, passcode, review of permissions); `consent` is about the application.
 */
export function signInPolicy(
  directory: EngineDirectory,
  subjectOf: (accountId: string, clientId: string) => string,
) {
  const policy = base()
  const login = policy.get('login')
  const consent = policy.get('consent')
  if (login === undefined || consent === undefined) throw new Error('The engine’s base policy changed.')

  login.checks.remove('id_token_hint')
  login.checks.add(
    new Check(
      'id_token_hint',
      'id_token_hint and authenticated subject do not match',
      'login_required',
      (ctx) => {
        const { session, client, entities } = ctx.oidc
        // Present only when the request brought a hint that this tenant signed.
        const hint = entities['IdTokenHint'] as { readonly payload: { readonly sub?: string } } | undefined
        if (hint === undefined) return Check.NO_NEED_TO_PROMPT
        if (session?.accountId === undefined || client === undefined) return Check.REQUEST_PROMPT
        return hint.payload.sub !== subjectOf(session.accountId, client.clientId)
      },
    ),
  )
  login.checks.add(
    // RST-2, LEV-7: an administrator ended this person's sessions, or the account cannot sign in any more.
    new Check('session_ended', 'the session was ended', 'login_required', async (ctx) => {
      const { session, result } = ctx.oidc
      const accountId = session?.accountId
      if (accountId === undefined) return Check.NO_NEED_TO_PROMPT
      const account = await directory.findAccount(accountId)
      if (account === null) return Check.REQUEST_PROMPT
      if (result?.login !== undefined) return Check.NO_NEED_TO_PROMPT
      return !beganAfter(session?.loginTs ?? 0, account.sessionsValidFrom)
    }),
  )
  login.checks.add(
    // OTP-3: a session that began with a mailed code lasts a day, however much it is used.
    new Check('passcode_aged', 'the mailed code was entered too long ago', 'login_required', async (ctx) => {
      const { session, result } = ctx.oidc
      if (session?.accountId === undefined || result?.login !== undefined) return Check.NO_NEED_TO_PROMPT
      const account = await directory.findAccount(session.accountId)
      const age = systemClock.now().getTime() / 1000 - (session.loginTs ?? 0)
      return account?.subject.identityProvider === 'mail' && age > PASSCODE_SESSION_SECONDS
    }),
  )
  login.checks.add(
    // TRU-7: this tenant vouches towards another only for accounts that live here.
    new Check('own_account', 'an account of this tenant is needed', 'login_required', async (ctx) => {
      const { session, client } = ctx.oidc
      if (session?.accountId === undefined || client === undefined) return Check.NO_NEED_TO_PROMPT
      if ((await directory.findClient(client.clientId))?.kind !== 'tenant') return Check.NO_NEED_TO_PROMPT
      return (await directory.findAccount(session.accountId))?.subject.identityProvider !== null
    }),
  )
  login.checks.add(
    new Check('assignment_required', NOT_ASSIGNED, 'access_denied', async (ctx) => {
      const { session, client } = ctx.oidc
      if (session?.accountId === undefined || client === undefined) return Check.NO_NEED_TO_PROMPT
      return !(await mayUse(directory, session.accountId, client.clientId))
    }),
  )
  login.checks.add(
    // Somebody else is signed in than the application, or the invitation, asks for.
    new Check(
      'redemption',
      'an invitation is to be redeemed',
      'login_required',
      (ctx) => ctx.oidc.params?.['redemption'] !== undefined && ctx.oidc.result?.login === undefined,
    ),
  )

  // Entra asks native clients no more often than others; our clients are all `web` to the engine.
  consent.checks.remove('native_client_prompt')

  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0)
  return policy
}
