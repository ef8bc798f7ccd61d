import { asPerson, type GraphClient, serveGraph } from '../../../test/kit/graph.ts'
import { putUser } from '../../../test/kit/principals.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import type { Database } from '../../platform/database/index.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { user } from '../users/entity.ts'
import { ensureGraphServicePrincipal } from './graph-service-principal.ts'
import { registerApplication } from './register.ts'
import { applicationEntities, applicationGraphRoutes } from './routes.ts'

const routes = applicationGraphRoutes(async () => null)
const entities = [directoryObject, user, ...applicationEntities]

/** The scopes of whoever manages applications. */
export const ALL = ['Application.ReadWrite.All', 'Application.Read.All']

/** A tenant with the Graph API in it, and some who call it. */
export async function makeGraph(database: Database) {
  const ctx = await makeTenant(database)
  await ctx.db.transaction((tx) => ensureGraphServicePrincipal(ctx, tx))
  const as = serveGraph(ctx, routes, entities)
  const ada = await putUser(ctx)
  return {
    ctx,
    as,
    ada,
    admin: as(asPerson(ctx, ada, ALL, [roles.applicationAdministrator])),
    member: async () => as(asPerson(ctx, await putUser(ctx), ALL)),
    guest: async () => as(asPerson(ctx, await putUser(ctx), ALL, [], 'Guest')),
    register: (displayName: string) =>
      ctx.db.transaction((tx) => registerApplication(ctx, tx, { displayName, exposeApi: true })),
  }
}

/** Another tenant's administrator, with every permission there is here. */
export async function makeStranger(
  database: Database,
  permissions: readonly string[],
): Promise<{ ctx: TestTenant; stranger: GraphClient }> {
  const ctx = await makeTenant(database)
  const as = serveGraph(ctx, routes, entities)
  return { ctx, stranger: as(asPerson(ctx, await putUser(ctx), permissions, [roles.globalAdministrator])) }
}
