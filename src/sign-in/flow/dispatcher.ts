import { beginOrganizationalSignIn, issuePasscode } from '../../federation/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { admit } from './access-rules.ts'
import { findAccount } from './account-rules.ts'
import { begin } from './begin-rules.ts'
import { auditCode } from './code-audit.ts'
import { type Decision, refused } from './decision.ts'
import { accessFacts, accountFacts, beginningFacts, findCodeRecipient, realmFacts } from './facts.ts'
import { rememberLeg } from './home-leg.ts'
import type { Attempt, PassingStage, SettledStage, Stage } from './model.ts'
import { findRealm } from './realm-rules.ts'
import { logStage } from './sign-in-log.ts'
import { moveAttempt } from './store.ts'
import type { Visit } from './visit.ts'

/** Another request of the same browser was faster: what it did stands, and the page is asked for anew. */
export class AttemptMoved extends Error {
  override readonly name = 'AttemptMoved'
}

/** Where a request ends. */
export interface Arrival {
  readonly stage: SettledStage
  /** Another tenant's page, where the browser goes now. */
  readonly goTo: string | null
}

type CodeWanted = Extract<Stage, { readonly kind: 'codeWanted' }>

/** Each rule may lead to the next few; more would be a circle. */
const MOST_STAGES = 10

/**
 * From a stage to the next one that shows a page, and saves that. The only place where one step leads to another.
 * Throws `AttemptMoved` when the attempt is not where it was read.
 */
export async function advance(visit: Visit, from: Stage): Promise<Arrival> {
  let stage = from
  let goTo: string | null = null
  for (let passed = 0; isPassing(stage); passed += 1) {
    if (passed === MOST_STAGES) throw new Error(`The stage "${stage.kind}" leads in a circle.`)
    if (stage.kind === 'leaving') {
      const { url, leg } = await beginOrganizationalSignIn(visit.ctx, visit.dependencies, {
        homeTenantId: stage.homeTenantId,
        loginHint: stage.identifier,
        prompt: stage.prompt,
      })
      rememberLeg(visit, leg)
      goTo = url
      stage = { kind: 'atHome', leg, identifier: stage.identifier, prompt: stage.prompt }
      continue
    }
    const { stage: next, because } = await decide(visit, stage)
    visit.ctx.log.debug({ from: stage.kind, to: next.kind, because }, 'sign-in moves on')
    stage = next
  }
  if (stage.kind !== 'codeWanted') return { stage: await save(visit, stage), goTo }
  return { stage: await sendCode(visit, stage), goTo }
}

const isPassing = (stage: Stage): stage is Exclude<PassingStage, CodeWanted> =>
  ['begun', 'named', 'leaving', 'proven', 'turnedAway', 'admitted'].includes(stage.kind)

function decide(
  visit: Visit,
  stage: Exclude<PassingStage, CodeWanted | { readonly kind: 'leaving' }>,
): Promise<Decision> {
  switch (stage.kind) {
    case 'begun':
      return beginningFacts(visit).then(begin)
    case 'named':
      return realmFacts(visit, stage).then(findRealm)
    case 'proven':
      return accountFacts(visit, stage).then(findAccount)
    case 'turnedAway': {
      const { why, identifier, homeTenantId } = stage
      const because = [{ rule: 'RED-4', message: 'The home tenant gave no proof.' }]
      return Promise.resolve({ stage: refused(why, { identifier, homeTenantId }), because })
    }
    case 'admitted':
      return accessFacts(visit, stage).then(admit)
  }
}

const save = (visit: Visit, stage: SettledStage): Promise<SettledStage> => settle(visit, async () => stage)

/** Reaches a stage in one transaction with what belongs to it; `work` says which. */
export function settle(visit: Visit, work: (tx: Tx) => Promise<SettledStage>): Promise<SettledStage> {
  return visit.ctx.db.transaction(async (tx) => {
    const stage = await work(tx)
    if (!(await moveAttempt(tx, visit.attempt, stage))) throw new AttemptMoved()
    await logStage(visit, tx, stage)
    return stage
  })
}

/** Keeps a proof before it is judged, in the transaction that accepted it. Returns the visit as it goes on. */
export async function keepProof(
  visit: Visit,
  work: (tx: Tx) => Promise<Extract<Stage, { readonly kind: 'proven' }> | SettledStage>,
): Promise<{ readonly visit: Visit; readonly stage: Stage }> {
  const stage = await visit.ctx.db.transaction(async (tx) => {
    const reached = await work(tx)
    if (!(await moveAttempt(tx, visit.attempt, reached))) throw new AttemptMoved()
    if (reached.kind !== 'proven') await logStage(visit, tx, reached)
    return reached
  })
  const attempt: Attempt = { ...visit.attempt, version: visit.attempt.version + 1, stage }
  return { visit: { ...visit, attempt }, stage }
}

/** OTP-3: the same page, the same counters and no mail where nobody with the address may sign in. */
async function sendCode(visit: Visit, stage: CodeWanted): Promise<SettledStage> {
  const { ctx, dependencies, t } = visit
  const { address, keeping, again } = stage
  const recipient = await findCodeRecipient(visit, stage)
  return settle(visit, async (tx) => {
    const issued = await issuePasscode(ctx, tx, dependencies.deployment.keyring, 'signIn', address)
    if (issued.outcome === 'tooMany') {
      return again
        ? { kind: 'enterPasscode', address, keeping, error: null, resend: 'tooMany' }
        : { kind: 'offerPasscode', address, keeping, tooManySends: true }
    }
    const { code, expiresAt } = issued
    if (recipient !== null) {
      await dependencies.mailPasscode(ctx, tx, { address, code, expiresAt, language: t.language })
      await auditCode(ctx, tx, 'Generate one time password', recipient)
    }
    return { kind: 'enterPasscode', address, keeping, error: null, resend: again ? 'sent' : 'none' }
  })
}
