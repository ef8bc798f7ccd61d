import { findById, rolesOf } from '../directory/index.ts'
import { callerHas, type GraphCaller } from '../graph/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tx } from '../platform/database/index.ts'
import { Forbidden } from '../platform/errors.ts'
import type { Caller } from './model.ts'

/** Reads who asks, in the transaction that acts on it. */
export type FindCaller = (tx: Tx) => Promise<Caller>

/** Whoever called the API. Their roles are those of this moment already; the mail address is read. */
export const callerOfGraph =
  (caller: GraphCaller): FindCaller =>
  async (tx) => {
    const mayWriteUsers = callerHas(caller, 'User.ReadWrite.All')
    if (caller.kind === 'application') return application({ ...caller, mayWriteUsers })
    const user = await findById(tx, caller.userId)
    return {
      kind: 'user',
      userId: caller.userId,
      displayName: user?.displayName ?? caller.displayName ?? caller.userId,
      mail: user?.mail ?? null,
      userType: caller.userType,
      directoryRoles: caller.directoryRoles,
      mayWriteUsers,
    }
  }

/** Somebody who asked earlier or on a page of ours: their rights now, not then. 403 when they are gone or blocked. */
export const callerOfPerson =
  (userId: string, mayWriteUsers: boolean): FindCaller =>
  async (tx) => {
    const user = await findById(tx, userId)
    if (user === null || !user.accountEnabled)
      throw new Forbidden('Whoever asked for this may not act any more.')
    return {
      kind: 'user',
      userId,
      displayName: user.displayName,
      mail: user.mail,
      userType: user.userType,
      directoryRoles: await rolesOf(tx, userId),
      mayWriteUsers,
    }
  }

/** GRA-62 and section 7 of the Graph conventions: a role that was taken away counts no longer than this. */
const LONGEST_MEMORY_MILLISECONDS = 5_000

/** Asks again only after a few seconds: for hundreds of rows of one upload. */
export function remembering(findCaller: FindCaller, clock: Clock): FindCaller {
  let known: { readonly caller: Caller; readonly until: number } | null = null
  return async (tx) => {
    const now = clock.now().getTime()
    if (known !== null && now < known.until) return known.caller
    const caller = await findCaller(tx)
    known = { caller, until: now + LONGEST_MEMORY_MILLISECONDS }
    return caller
  }
}

export const callerOfApplication =
  (facts: {
    readonly appId: string
    readonly displayName: string | null
    readonly mayWriteUsers: boolean
  }): FindCaller =>
  async () =>
    application(facts)

const application = ({
  appId,
  displayName,
  mayWriteUsers,
}: {
  readonly appId: string
  readonly displayName: string | null
  readonly mayWriteUsers: boolean
}): Caller => ({ kind: 'application', appId, displayName: displayName ?? appId, mayWriteUsers })
