import type { Account } from '../../platform/pages/index.ts'
import type { Frame, Posting } from '../pages/index.ts'
import { formToken } from './form-guard.ts'
import type { SettledStage } from './model.ts'
import type { Visit } from './visit.ts'

/** Path of a sign-in's pages; its forms and links are below it. */
export const signInPath = (tenantId: string, uid: string): string => `/${tenantId}/signin/${uid}`

export type StageOf<K extends SettledStage['kind']> = Extract<SettledStage, { readonly kind: K }>

/** What every page of a sign-in has: its frame, and where its forms and links lead. */
export interface Parts {
  readonly frame: Frame & {
    readonly tenant: Visit['face']
    readonly trace: NonNullable<Frame['trace']>
  }
  post(name: string): Posting
  link(name: string): string
}

export function partsOf({ t, face, ctx, request, tenant, uid, dependencies }: Visit): Parts {
  const path = signInPath(tenant.id, uid)
  const csrf = formToken(dependencies.deployment.keyring, tenant.id, uid)
  const trace = { correlationId: ctx.correlationId, requestId: request.id, time: ctx.clock.now() }
  return {
    frame: { t, tenant: face, trace },
    post: (name) => ({ action: `${path}/${name}`, csrf }),
    link: (name) => `${path}/${name}`,
  }
}

/** Our own pages are no application that anybody would know by name. */
export const applicationName = ({ occasion: { client } }: Visit): string | null =>
  client.kind === 'firstParty' ? null : client.displayName

/** An account of this tenant as pages name it. */
export async function accountOf({ engine }: Visit, userId: string): Promise<Account> {
  const account = await engine.directory.findAccount(userId)
  const { displayName = null, userPrincipalName = '', homeUserPrincipalName = null } = account?.subject ?? {}
  return { displayName, identifier: homeUserPrincipalName ?? userPrincipalName }
}
