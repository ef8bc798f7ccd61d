import { inTransaction, noContent, type Route, reference, route } from '../../graph/index.ts'
import { relatedRoutes } from '../related-routes.ts'
import { loadOwned, managers, readApplications, writeApplications } from './authority.ts'
import { owners } from './owner-relation.ts'
import { addOwner, type OwnedType, removeOwner } from './owners.ts'

/** Owners of applications and service principals: read, add and remove (GRA-32). */
const ownerRoutes = (type: OwnedType, set: 'applications' | 'servicePrincipals'): readonly Route[] => [
  ...relatedRoutes({
    base: `/${set}/{id}`,
    name: 'owners',
    relation: () => owners,
    permissions: readApplications,
    load: loadOwned(type, 'Application.Read.All'),
    idOf: ({ id }) => id,
    judge: async () => ({ hidden: false }),
  }),
  route({
    method: 'POST',
    path: `/${set}/{id}/owners/$ref`,
    permissions: writeApplications,
    body: reference(['directoryObjects', 'users', 'servicePrincipals']),
    load: loadOwned(type, 'Application.ReadWrite.All'),
    roles: managers,
    handle: async ({ context, body, target }) => {
      await inTransaction(context, (tx) => addOwner(context, tx, type, target.id, body.id))
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: `/${set}/{id}/owners/{ownerId}/$ref`,
    permissions: writeApplications,
    load: loadOwned(type, 'Application.ReadWrite.All'),
    roles: managers,
    handle: async ({ context, params, target }) => {
      await inTransaction(context, (tx) => removeOwner(context, tx, type, target.id, params.ownerId))
      return noContent()
    },
  }),
]

/** Made when the routes are put together: by then every type of directory object is declared. */
export const allOwnerRoutes = (): readonly Route[] => [
  ...ownerRoutes('application', 'applications'),
  ...ownerRoutes('servicePrincipal', 'servicePrincipals'),
]
