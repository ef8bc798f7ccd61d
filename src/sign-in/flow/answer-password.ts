import {
  findAccountForSignIn,
  findById,
  findPassword,
  isExternal,
  setPassword,
} from '../../directory/index.ts'
import { Unavailable } from '../../platform/errors.ts'
import { judgePassword } from '../../platform/passwords.ts'
import { refused } from './decision.ts'
import { type Arrival, advance, settle } from './dispatcher.ts'
import type { Admission, NewPasswordError, Stage } from './model.ts'
import { type Throttle, throttleOf } from './throttle.ts'
import { actingAs, type Visit } from './visit.ts'

type PasswordStage = Extract<Stage, { readonly kind: 'password' | 'locked' }>

/**
 * A typed password. Unknown, foreign and password-less accounts cost the same time, count the same tries and get
 * the same answer as a wrong password.
 */
export async function answerPassword(visit: Visit, form: URLSearchParams): Promise<Arrival | null> {
  const { stage } = visit.attempt
  if (stage.kind !== 'password' && stage.kind !== 'locked') return null
  const { identifier } = stage
  const typed = form.get('password') ?? ''
  if (typed === '') return advance(visit, { kind: 'password', identifier, error: 'empty' })

  const throttle = throttleFor(visit, stage)
  const until = await throttle.count()
  if (until !== null) return advance(visit, { kind: 'locked', identifier, until })
  const account = await verify(visit, identifier, typed, throttle)
  if (account === null) return advance(visit, { kind: 'password', identifier, error: 'wrong' })
  await throttle.succeeded()

  const { userId, forceChange } = account
  const admission: Admission = {
    userId,
    methods: ['pwd'],
    provenBy: 'password',
    homeTenantId: visit.tenant.id,
    redeemed: false,
  }
  // A blocked person is told so, and need not think of a password for that.
  return advance(
    visit,
    !account.enabled
      ? refused('accountDisabled', { identifier, userId })
      : forceChange
        ? { kind: 'newPassword', identifier, admission, error: null }
        : { kind: 'admitted', admission, stay: null },
  )
}

function throttleFor(visit: Visit, { identifier }: PasswordStage): Throttle {
  const familiar = visit.memory
    .accounts()
    .find((account) => account.identifier.toLowerCase() === identifier.toLowerCase())
  return throttleOf(visit.ctx, visit.dependencies.deployment.keyring, {
    identifier,
    familiarBrowser: familiar?.id ?? null,
    ipAddress: visit.request.ip,
  })
}

async function verify(visit: Visit, identifier: string, typed: string, throttle: Throttle) {
  const { ctx, dependencies } = visit
  const found = await ctx.db.transaction((tx) => findAccountForSignIn(tx, identifier))
  // Guests have their password elsewhere; one that is left from before a conversion opens nothing (CNV-1).
  const account = found === null || isExternal(found.user) ? null : found
  const right = await dependencies.hasher
    .verify(account?.password?.hash ?? null, typed)
    .catch(async (cause: unknown) => {
      // The queue is full: nobody's try, so nobody's failure.
      if (cause instanceof Unavailable) await throttle.withdraw()
      throw cause
    })
  if (!right || account === null) return null
  const { id: userId, accountEnabled: enabled } = account.user
  return { userId, enabled, forceChange: account.password?.forceChange ?? false }
}

/** An administrator asked for a new password (`forceChangePasswordNextSignIn`). */
export async function answerNewPassword(visit: Visit, form: URLSearchParams): Promise<Arrival | null> {
  const { ctx, dependencies } = visit
  const { stage } = visit.attempt
  if (stage.kind !== 'newPassword') return null
  const { userId } = stage.admission
  const typed = form.get('password') ?? ''
  const again = (error: NewPasswordError) => settle(visit, async () => ({ ...stage, error }))
  if (typed === '') return { stage: await again('empty'), goTo: null }
  if (typed !== form.get('repeated')) return { stage: await again('mismatch'), goTo: null }

  const { user, password } = await ctx.db.transaction(async (tx) => ({
    user: await findById(tx, userId),
    password: await findPassword(tx, userId),
  }))
  if (user === null) return advance(visit, refused('accountDisabled', { userId }))
  const about = [user.displayName, user.userPrincipalName, user.mail ?? '', visit.tenant.displayName]
  if (judgePassword(typed, about).reasons.length > 0) return { stage: await again('weak'), goTo: null }
  if (password !== null && (await dependencies.hasher.verify(password.hash, typed))) {
    return { stage: await again('unchanged'), goTo: null }
  }
  const hash = await dependencies.hasher.hash(typed)
  await setPassword(actingAs(visit, user), userId, { hash, forceChange: false }, 'self')
  return advance(visit, { kind: 'admitted', admission: stage.admission, stay: null })
}
