import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openContext } from '../../platform/deployment.ts'
import { createEngineHost, type EngineHost } from '../engine/host.ts'
import { mountEngine } from '../engine/http.ts'
import { openEngineDirectory } from '../engine-directory.ts'
import { mountMyOrganizations } from '../my-organizations.tsx'
import { mountTenantChoice } from './choose-tenant.tsx'
import type { SignInDependencies } from './dependencies.ts'
import { createEnginePages } from './engine-pages.tsx'
import { mountHomeReturn } from './home-return.tsx'
import { createOwnSignIns, mountSignedIn, type OwnSignIns } from './own-sign-in.tsx'
import { sendProblem } from './problems.tsx'
import { mountRedeemEntry } from './redeem-entry.tsx'
import { mountPages } from './routes.tsx'

/** Sign-in of all tenants: protocol endpoints, their pages, and the way into our own pages. */
export interface SignIn extends OwnSignIns {
  readonly host: EngineHost
  /** Puts every route on the server; once, before it listens. */
  mount(app: FastifyInstance): void
}

/** Makes nothing but the object: engines are made when they are first asked for. */
export function createSignIn(dependencies: SignInDependencies): SignIn {
  const { deployment, port } = dependencies
  const host: EngineHost = createEngineHost(
    deployment,
    (tenantId) =>
      openEngineDirectory(
        openContext(deployment, tenantId, { kind: 'system', name: 'Token service' }, deployment.ids.guid()),
        port,
        deployment.baseUrl,
      ),
    createEnginePages(dependencies, () => host),
  )
  const own = createOwnSignIns(dependencies, host)
  return {
    host,
    ...own,
    mount(app) {
      const { chooseTenant } = mountTenantChoice(app, dependencies)
      mountEngine(app, {
        deployment,
        host,
        chooseTenant,
        unknownTenant: async (request: FastifyRequest, reply: FastifyReply) =>
          void (await sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })),
      })
      mountPages(app, dependencies, host)
      mountHomeReturn(app, dependencies)
      mountSignedIn(app, dependencies)
      mountRedeemEntry(app, dependencies, own)
      mountMyOrganizations(app, dependencies, own)
    },
  }
}
