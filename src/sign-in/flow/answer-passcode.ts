import { acceptPasscode, type ProvenPerson } from '../../federation/index.ts'
import { auditCode } from './code-audit.ts'
import { type Arrival, advance, keepProof } from './dispatcher.ts'
import { findCodeRecipient } from './facts.ts'
import type { Stage } from './model.ts'
import { countQuestion } from './throttle.ts'
import type { Visit } from './visit.ts'

/** "Send code", and "send a new code". */
export async function answerSendCode(visit: Visit): Promise<Arrival | null> {
  const { stage } = visit.attempt
  if (stage.kind !== 'offerPasscode' && stage.kind !== 'enterPasscode') return null
  await countQuestion(visit.ctx, visit.dependencies.deployment.keyring, visit.request.ip)
  const { address, keeping, kind } = stage
  return advance(visit, { kind: 'codeWanted', address, keeping, again: kind === 'enterPasscode' })
}

/** A typed code: accepted and kept in one transaction, so that of many at once one counts (OTP-3). */
export async function answerCode(visit: Visit, form: URLSearchParams): Promise<Arrival | null> {
  const { ctx, dependencies, attempt } = visit
  const { stage } = attempt
  if (stage.kind !== 'enterPasscode') return null
  const typed = form.get('code') ?? ''
  await countQuestion(ctx, dependencies.deployment.keyring, visit.request.ip)
  if (typed.trim() === '') return advance(visit, { ...stage, error: 'empty', resend: 'none' })
  const { address, keeping } = stage
  const recipient = await findCodeRecipient(visit, stage)
  const kept = await keepProof(visit, async (tx) => {
    const { keyring } = dependencies.deployment
    const verdict = await acceptPasscode(ctx, tx, keyring, 'signIn', address, typed)
    if (recipient !== null) {
      const failure = verdict.outcome === 'refused' ? `The code was refused: ${verdict.reason}.` : null
      await auditCode(ctx, tx, 'Verify one time password', recipient, failure)
    }
    return verdict.outcome === 'refused'
      ? { ...stage, error: verdict.reason, resend: 'none' }
      : proof(address, keeping, ctx.clock.now())
  })
  return kept.stage.kind === 'proven'
    ? advance(kept.visit, kept.stage)
    : { stage: { ...stage, error: null }, goTo: null }
}

/** Either the mailbox is the account, or it adds to one that was proved before (RED-10). */
function proof(
  address: string,
  keeping: ProvenPerson | null,
  now: Date,
): Extract<Stage, { readonly kind: 'proven' }> {
  const own: ProvenPerson = { kind: 'passcode', address: address.toLowerCase(), signedInAt: now }
  return { kind: 'proven', person: keeping ?? own, asked: null, provedAddresses: [address] }
}
