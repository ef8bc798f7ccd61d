import { sql } from 'kysely'
import {
  collectionOf,
  count,
  countEntities,
  countOf,
  created,
  defineComplexType,
  forCreate,
  forUpdate,
  type GraphCaller,
  type GraphRow,
  getEntities,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  parameters,
  property,
  type Route,
  route,
  type Source,
  value,
} from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { NotFound } from '../../platform/errors.ts'
import { concealExpanded, refuseLimitedGuest } from '../visibility.ts'
import { application, applicationSource } from './application-entity.ts'
import {
  applicationAdministrators,
  judgeOwnership,
  loadOwned,
  managers,
  mayRegister,
  principalIdOf,
  readApplications,
  readsOwnedOnly,
  writeApplications,
} from './authority.ts'
import { passwordCredential } from './complex-types.ts'
import { addOwner } from './owners.ts'
import { addPassword, removePassword, replaceKeys } from './secrets-and-keys.ts'
import { createApplication, deleteApplication, updateApplication } from './service.ts'

const loadToChange = loadOwned('application', 'Application.ReadWrite.All')

const addPasswordParameters = defineComplexType('addPasswordParameters', {
  passwordCredential: property.complex(passwordCredential),
})
const removePasswordParameters = defineComplexType('removePasswordParameters', {
  keyId: property.guid({ create: 'required' }),
})

export const applicationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/applications',
    permissions: readApplications,
    query: collectionOf(application),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      const page = await inTransaction(context, (tx) => listEntities(tx, query, visibleTo(caller)))
      return list(application, { ...page, rows: page.rows.map((row) => concealExpanded(caller, query, row)) })
    },
  }),
  route({
    method: 'GET',
    path: '/applications/$count',
    permissions: readApplications,
    query: countOf(application),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      return count(await inTransaction(context, (tx) => countEntities(tx, query, visibleTo(caller))))
    },
  }),
  route({
    method: 'POST',
    path: '/applications',
    permissions: writeApplications,
    roles: { anyOf: applicationAdministrators, unless: ({ caller }) => mayRegister(caller) },
    body: forCreate(application),
    handle: async ({ context, body }) => {
      const { passwordCredentials, keyCredentials, ...settings } = body.values
      const row = await inTransaction(context, async (tx) => {
        const { id } = await createApplication(context, tx, settings)
        for (const owner of body.bindings.get('owners') ?? []) {
          await addOwner(context, tx, 'application', id, owner.id)
        }
        await replaceKeys(context, tx, id, keyCredentials ?? [])
        const secrets = new Map<string, string>()
        for (const wish of passwordCredentials ?? []) {
          const issued = await addPassword(context, tx, id, wish)
          secrets.set(issued.keyId, issued.secretText)
        }
        return withSecrets(await readBack(tx, id), secrets)
      })
      return created(application, row)
    },
  }),
  route({
    method: 'GET',
    path: '/applications/{id}',
    permissions: readApplications,
    query: itemOf(application),
    handle: async ({ context, caller, query, params }) => {
      const row = await inTransaction(context, async (tx) => {
        const found = await getEntity(tx, query, applicationSource, params.id)
        if (found === undefined) throw new NotFound(params.id)
        await judgeOwnership(tx, caller, String(found['id']), 'Application.Read.All')
        return found
      })
      return item(application, concealExpanded(caller, query, row))
    },
  }),
  route({
    method: 'PATCH',
    path: '/applications/{id}',
    permissions: writeApplications,
    body: forUpdate(application),
    load: loadToChange,
    roles: managers,
    handle: async ({ context, body, target }) => {
      const { keyCredentials, ...settings } = body.values
      await inTransaction(context, async (tx) => {
        await updateApplication(context, tx, target.id, settings)
        if (keyCredentials !== undefined) await replaceKeys(context, tx, target.id, keyCredentials ?? [])
      })
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/applications/{id}',
    permissions: writeApplications,
    load: loadToChange,
    roles: managers,
    handle: async ({ context, target }) => {
      await inTransaction(context, (tx) => deleteApplication(context, tx, target.id))
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/applications/{id}/addPassword',
    permissions: writeApplications,
    body: parameters(addPasswordParameters),
    load: loadToChange,
    roles: managers,
    handle: async ({ context, body, target }) => {
      const issued = await inTransaction(context, (tx) =>
        addPassword(context, tx, target.id, body.passwordCredential ?? {}),
      )
      return value('microsoft.graph.passwordCredential', { customKeyIdentifier: null, ...issued })
    },
  }),
  route({
    method: 'POST',
    path: '/applications/{id}/removePassword',
    permissions: writeApplications,
    body: parameters(removePasswordParameters),
    load: loadToChange,
    roles: managers,
    handle: async ({ context, body, target }) => {
      await inTransaction(context, (tx) => removePassword(context, tx, target.id, body.keyId ?? ''))
      return noContent()
    },
  }),
]

/** All applications, or those that the caller owns when that is all that his permission covers. */
const visibleTo = (caller: GraphCaller): Source =>
  readsOwnedOnly(caller)
    ? {
        ...applicationSource,
        where: sql`${applicationSource.where} and application.id in (
          select object_id from application_owners where owner_id = ${principalIdOf(caller)}::uuid)`,
      }
    : applicationSource

async function readBack(tx: Tx, id: string): Promise<GraphRow> {
  const [row] = await getEntities(tx, application, applicationSource, [id])
  if (row === undefined) throw new NotFound(id)
  return row
}

/** The one answer that shows the texts of secrets: that of the request that made them. */
function withSecrets(row: GraphRow, secrets: ReadonlyMap<string, string>): GraphRow {
  if (secrets.size === 0) return row
  // The column is made by the entity's own SQL: a list of objects with a key id.
  const listed = row['passwordCredentials'] as readonly { readonly keyId: string }[]
  const passwordCredentials = listed.map((password) => ({
    ...password,
    secretText: secrets.get(password.keyId) ?? null,
  }))
  return { ...row, passwordCredentials }
}
