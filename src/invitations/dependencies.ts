import type { Deployment } from '../platform/deployment.ts'
import type { Mailer } from '../platform/mail/index.ts'
import type { TenantPort } from '../tenants/index.ts'
import type { InvitationPolicy } from './policy.ts'

/** All that invitations need of the rest; given once, when the program starts. */
export interface InvitationDependencies {
  readonly deployment: Deployment
  readonly mailer: Pick<Mailer, 'queue'>
  readonly port: TenantPort
  readonly policy: InvitationPolicy
}
