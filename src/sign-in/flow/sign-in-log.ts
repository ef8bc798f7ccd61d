import { recordSignIn, type SignInRecord } from '../../audit/index.ts'
import {
  findAccountForSignIn,
  findById,
  findByIdentity,
  passcodeIdentity,
  type User,
} from '../../directory/index.ts'
import { tenantOfRelyingParty } from '../../federation/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import type { Admission, SettledStage } from './model.ts'
import { CODE_WRONG, DECLINED, PASSWORD_WRONG, PAUSED, refusals } from './refusals.ts'
import type { Visit } from './visit.ts'

interface Outcome {
  readonly userId: string | null
  /** What was typed, where no account is known. */
  readonly identifier: string | null
  readonly homeTenantId: string | null
  readonly method: string | null
  readonly error: { readonly code: number; readonly reason: string } | null
}

/** Writes the row of the sign-in log that a stage means, in the transaction that reaches it; most mean none. */
export async function logStage(visit: Visit, tx: Tx, stage: SettledStage): Promise<void> {
  const outcome = outcomeOf(stage)
  if (outcome !== null) await recordSignIn(visit.ctx, tx, await recordOf(visit, tx, outcome))
}

function outcomeOf(stage: SettledStage): Outcome | null {
  const nobody = { userId: null, identifier: null, homeTenantId: null, method: null }
  switch (stage.kind) {
    case 'finished': {
      const { result } = stage
      if (result.kind === 'signedIn') return { ...nobody, ...admitted(result.admission), error: null }
      // Who leaves before anybody was named leaves no trace.
      return result.kind === 'denied' && result.userId !== null
        ? { ...nobody, userId: result.userId, error: DECLINED }
        : null
    }
    case 'refused':
      return {
        ...nobody,
        userId: stage.userId,
        identifier: stage.identifier,
        homeTenantId: stage.homeTenantId,
        error: refusals[stage.why],
      }
    case 'password':
      return stage.error === 'wrong'
        ? { ...nobody, identifier: stage.identifier, method: 'Password', error: PASSWORD_WRONG }
        : null
    case 'locked':
      return { ...nobody, identifier: stage.identifier, method: 'Password', error: PAUSED }
    case 'enterPasscode':
      return stage.error === null || stage.error === 'empty'
        ? null
        : { ...nobody, identifier: stage.address, method: 'Email one-time passcode', error: CODE_WRONG }
    default:
      return null
  }
}

const methodNames: Readonly<Record<Admission['provenBy'], string>> = {
  password: 'Password',
  passcode: 'Email one-time passcode',
  organization: 'Home tenant',
}

const admitted = ({ userId, homeTenantId, provenBy }: Admission) => ({
  userId,
  homeTenantId,
  method: methodNames[provenBy],
})

async function recordOf(visit: Visit, tx: Tx, outcome: Outcome): Promise<SignInRecord> {
  const { dependencies, tenant, occasion, request } = visit
  const { client } = occasion
  const user = await userOf(tx, outcome)
  // As home tenant: the sign-in is for another, which writes its own part.
  const resourceTenantId =
    client.kind === 'tenant'
      ? tenantOfRelyingParty(dependencies.deployment.baseUrl, client.clientId)
      : tenant.id
  const homeTenantId = outcome.homeTenantId ?? (client.kind === 'tenant' ? tenant.id : null)
  const resource =
    occasion.resource === null
      ? null
      : await visit.engine.directory.findResource(occasion.resource.replace(/^api:\/\//, ''))
  return {
    userId: user?.id ?? outcome.userId,
    userDisplayName: user?.displayName ?? null,
    userPrincipalName: user?.userPrincipalName ?? outcome.identifier,
    userType: user === null ? null : user.userType === 'Guest' ? 'guest' : 'member',
    appId: client.clientId,
    appDisplayName: client.displayName,
    resourceId: resource?.appId ?? null,
    resourceDisplayName: resource?.displayName ?? null,
    homeTenantId: homeTenantId ?? (user !== null && outcome.method === 'Password' ? tenant.id : null),
    resourceTenantId,
    crossTenantAccessType:
      homeTenantId !== null && homeTenantId !== resourceTenantId ? 'b2bCollaboration' : 'none',
    ipAddress: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
    clientAppUsed: 'Browser',
    isInteractive: true,
    errorCode: outcome.error?.code ?? 0,
    failureReason: outcome.error?.reason ?? null,
    authenticationDetails:
      outcome.method === null
        ? []
        : [{ authenticationMethod: outcome.method, succeeded: outcome.error === null }],
  }
}

async function userOf(tx: Tx, { userId, identifier }: Outcome): Promise<User | null> {
  if (userId !== null) return findById(tx, userId)
  if (identifier === null) return null
  return (
    (await findAccountForSignIn(tx, identifier))?.user ??
    (await findByIdentity(tx, passcodeIdentity(identifier)))
  )
}
