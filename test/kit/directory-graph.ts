import {
  applicationEntities,
  applicationGraphRoutes,
  peopleEntities,
  peopleRoutes,
} from '../../src/directory/index.ts'
import { directoryRoleTemplates } from '../../src/graph/index.ts'
import { createPasswordHasher } from '../../src/platform/passwords.ts'
import { type Answer, asApplication, asPerson, type GraphClient, serveGraph } from './graph.ts'
import type { TestTenant } from './tenant.ts'

/** Hashes at no cost; the text is kept so that a test can tell which password was stored. */
export const cheapHasher = createPasswordHasher({
  concurrency: 4,
  queueLimit: 100,
  engine: { hash: async (password) => `hash of ${password}`, verify: async () => false },
})

/** Who may call how in most tests. */
export interface DirectoryClients {
  /** A Global Administrator with every scope of the directory. */
  readonly admin: GraphClient
  /** An application with every app role of the directory and no directory role. */
  readonly daemon: GraphClient
  readonly person: (
    userId: string,
    scopes: readonly string[],
    roles?: readonly string[],
    userType?: 'Member' | 'Guest',
  ) => GraphClient
  readonly application: (servicePrincipalId: string, roles: readonly string[]) => GraphClient
}

export const everything = [
  'Directory.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'Organization.ReadWrite.All',
  'Application.ReadWrite.All',
]

/** Serves the whole directory of a tenant; advanced queries need their header, as in production. */
export function serveDirectory(ctx: TestTenant): DirectoryClients {
  const routes = [...peopleRoutes({ hasher: cheapHasher }), ...applicationGraphRoutes(async () => null)]
  const connect = serveGraph(ctx, routes, [...peopleEntities, ...applicationEntities])
  const person: DirectoryClients['person'] = (userId, scopes, roles = [], userType = 'Member') =>
    connect(asPerson(ctx, userId, scopes, roles, userType))
  return {
    admin: person(ctx.ids.guid(), everything, [directoryRoleTemplates.globalAdministrator]),
    daemon: connect(asApplication(ctx, ctx.ids.guid(), everything)),
    person,
    application: (servicePrincipalId, roles) => connect(asApplication(ctx, servicePrincipalId, roles)),
  }
}

type Row = Readonly<Record<string, unknown>>

/** The objects of a collection. */
export function rowsOf(answer: Answer): readonly Row[] {
  const rows: unknown = answer.json['value']
  // An answer of Graph's: `value` of a collection holds objects.
  return Array.isArray(rows) ? (rows as readonly Row[]) : []
}

export const idsOf = (answer: Answer): readonly unknown[] => rowsOf(answer).map((row) => row['id'])
