import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import type { Application, ServicePrincipal } from './model.ts'
import { addPassword, type IssuedPassword, type NewPassword } from './secrets-and-keys.ts'
import { createApplication, updateApplication } from './service.ts'
import { addServicePrincipal, type ServicePrincipalChanges } from './service-principals.ts'
import type { ApplicationChanges } from './settings.ts'

export interface Registration extends ApplicationChanges {
  readonly servicePrincipal?: ServicePrincipalChanges
  /** Also make a secret; its text is in the answer only. */
  readonly secret?: NewPassword
  /** `api://{appId}` as identifier URI, which cannot be written down before the id is known. */
  readonly exposeApi?: boolean
}

export interface Registered {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
  readonly secret: IssuedPassword | null
}

/** Application, service principal and, if wished, a secret in one step, as the portal does: for the command line and the demo. */
export async function registerApplication(
  ctx: Context,
  tx: Tx,
  registration: Registration,
): Promise<Registered> {
  const { servicePrincipal: principalSettings, secret, exposeApi, ...settings } = registration
  const created = await createApplication(ctx, tx, settings)
  const application =
    exposeApi === true
      ? await updateApplication(ctx, tx, created.id, {
          identifierUris: [...created.identifierUris, `api://${created.appId}`],
        })
      : created
  const servicePrincipal = await addServicePrincipal(ctx, tx, application, principalSettings)
  return {
    application,
    servicePrincipal,
    secret: secret === undefined ? null : await addPassword(ctx, tx, application.id, secret),
  }
}
