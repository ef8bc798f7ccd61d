import { findById, homeAccountOf } from '../../directory/index.ts'
import { addressOf, admissionOf, followJudgement, nameOf } from './account-rules.ts'
import { type Arrival, advance } from './dispatcher.ts'
import type { FinishedResult, Stage } from './model.ts'
import { DECLINED, refusals } from './refusals.ts'
import { countQuestion } from './throttle.ts'
import { actingAs, type Visit } from './visit.ts'

/** `null`: the form is of a page that the sign-in has left; the person is shown where it stands. */
export type Answer = (visit: Visit, form: URLSearchParams) => Promise<Arrival | null>

/**
 * Identifier first, and editable ever after: until the end, whoever is named may name somebody else. An invitation
 * names one person itself.
 */
export const mayName = ({ occasion, attempt }: Visit): boolean =>
  occasion.ticket === null && !['finished', 'left', 'unavailable'].includes(attempt.stage.kind)

export const answerIdentifier: Answer = async (visit, form) => {
  if (!mayName(visit)) return null
  await countQuestion(visit.ctx, visit.dependencies.deployment.keyring, visit.request.ip)
  const identifier = (form.get('identifier') ?? '').trim().slice(0, 320)
  return advance(
    visit,
    identifier === ''
      ? { kind: 'identifier', identifier, error: 'empty' }
      : { kind: 'named', identifier, prompt: null },
  )
}

export const answerAccount: Answer = async (visit, form) => {
  if (visit.attempt.stage.kind !== 'pickAccount') return null
  const chosen = visit.memory.accounts().find(({ id }) => id === form.get('account'))
  if (form.get('account') === 'session' || chosen?.userId === visit.occasion.sessionAccountId) {
    return visit.occasion.sessionAccountId === null
      ? null
      : advance(visit, { kind: 'finished', result: { kind: 'sessionKept' } })
  }
  return chosen === undefined
    ? null
    : advance(visit, { kind: 'named', identifier: chosen.identifier, prompt: null })
}

export const answerWrongAccount: Answer = async (visit, form) => {
  const { stage } = visit.attempt
  if (stage.kind !== 'wrongAccount') return null
  switch (form.get('decision')) {
    case 'switch':
      return advance(visit, {
        kind: 'named',
        identifier: stage.invitedAddress,
        prompt: stage.at === 'home' || (await isFromElsewhere(visit)) ? 'login' : null,
      })
    case 'prove':
      return stage.provable === null
        ? null
        : advance(visit, {
            kind: 'codeWanted',
            address: stage.invitedAddress,
            keeping: stage.provable,
            again: false,
          })
    case 'cancel':
      return leave(visit)
    default:
      return null
  }
}

/** Whose home tenant may still have a session of theirs: it has to ask, or it brings them back once more. */
async function isFromElsewhere({ ctx, occasion: { sessionAccountId: id } }: Visit): Promise<boolean> {
  const user = id === null ? null : await ctx.db.transaction((tx) => findById(tx, id))
  return user !== null && homeAccountOf(user.identities) !== null
}

/** RED-12. Redeeming is one transaction of its own; what it says is judged as before it. */
export const answerReview: Answer = async (visit, form) => {
  const { stage } = visit.attempt
  if (stage.kind !== 'review') return null
  if (form.get('decision') === 'cancel') return leave(visit)
  if (form.get('decision') !== 'accept') return null
  const { person, invitedUserId, provedAddresses } = stage
  const guest = { id: invitedUserId, displayName: nameOf(person), userPrincipalName: addressOf(person) }
  const redeemed = await visit.dependencies.redemption.redeem(actingAs(visit, guest), {
    person,
    ticket: visit.occasion.ticket,
    provedAddresses,
    invitedUserId,
  })
  if (redeemed.outcome === 'accepted') {
    const admission = admissionOf(person, invitedUserId, true)
    return advance(visit, { kind: 'admitted', admission, stay: null })
  }
  // Accepted in another tab a moment ago, or not possible any more.
  return redeemed.outcome === 'alreadyAccepted'
    ? advance(visit, { kind: 'proven', person, asked: null, provedAddresses })
    : advance(visit, followJudgement({ person, user: null, provedAddresses }, redeemed).stage)
}

export const answerStay: Answer = async (visit, form) => {
  const { stage } = visit.attempt
  const stay = form.get('stay')
  if (stage.kind !== 'staySignedIn' || (stay !== 'yes' && stay !== 'no')) return null
  if (form.get('remember') === 'on') visit.memory.rememberAnswer(stay)
  return advance(visit, { kind: 'admitted', admission: stage.admission, stay })
}

/** Back to the application with `access_denied`; a refusal says which. */
export async function leave(visit: Visit): Promise<Arrival | null> {
  const { stage } = visit.attempt
  if (stage.kind === 'finished' || stage.kind === 'left') return null
  const result: FinishedResult = {
    kind: 'denied',
    code: stage.kind === 'refused' ? refusals[stage.why].code : DECLINED.code,
    userId: await whoDeclines(visit, stage),
  }
  return advance(visit, { kind: 'finished', result })
}

/** Only of somebody who has proved who they are: the rest is nobody's decision. */
async function whoDeclines(visit: Visit, stage: Stage): Promise<string | null> {
  if (stage.kind === 'review') return stage.invitedUserId
  if (stage.kind === 'staySignedIn') return stage.admission.userId
  const session = visit.occasion.sessionAccountId
  if (stage.kind !== 'consent' || session === null) return null
  const user = await visit.ctx.db.transaction((tx) => findById(tx, session))
  return user?.id ?? null
}
