import type { InteractionResults } from 'oidc-provider'
import { systemClock } from '../../platform/clock.ts'
import { finishInteraction } from '../engine/interactions.ts'
import type { FinishedResult } from './model.ts'
import { aadsts, DECLINED, refusals } from './refusals.ts'
import type { Visit } from './visit.ts'

/** Tells the engine how it ended and returns where the browser goes. May be repeated, as a reload does. */
export async function finish(visit: Visit, result: FinishedResult): Promise<string> {
  const { engine, request, reply, dependencies, interaction } = visit
  const { baseUrl } = dependencies.deployment
  if (result.kind === 'signedIn') await rememberAccount(visit, result.admission.userId)
  return finishInteraction(engine, request, reply, baseUrl, interaction, engineResult(result))
}

function engineResult(result: FinishedResult): InteractionResults {
  switch (result.kind) {
    case 'signedIn': {
      const { admission, notBefore, remember } = result
      // A new password ends every session begun until the end of that second; this one is not among them.
      const now = Math.floor(systemClock.now().getTime() / 1000)
      return {
        login: {
          accountId: admission.userId,
          amr: [...admission.methods],
          remember,
          ts: Math.max(now, Math.ceil(notBefore.getTime() / 1000)),
        },
        select_account: {},
      }
    }
    case 'sessionKept':
      return { select_account: {} }
    case 'consented':
      return { consent: {} }
    case 'denied':
      return { error: 'access_denied', error_description: `${aadsts(result.code)}: ${reasonOf(result.code)}` }
  }
}

/** Declining has a number that it shares with a refusal, whose words would be about somebody else. */
const reasonOf = (code: number): string =>
  [DECLINED, ...Object.values(refusals)].find((refusal) => refusal.code === code)?.reason ?? DECLINED.reason

async function rememberAccount({ engine, memory }: Visit, userId: string): Promise<void> {
  const account = await engine.directory.findAccount(userId)
  if (account === null) return
  const { displayName, userPrincipalName, homeUserPrincipalName } = account.subject
  memory.rememberAccount({
    userId,
    displayName,
    identifier: homeUserPrincipalName ?? userPrincipalName,
  })
}
