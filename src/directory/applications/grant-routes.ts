import {
  collectionOf,
  created,
  forCreate,
  forUpdate,
  getEntities,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Permissions,
  type Route,
  route,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { findUserByPrincipalName } from '../users/store.ts'
import { refuseLimitedGuest } from '../visibility.ts'
import { findPrincipal } from './assignment-store.ts'
import { consentAdministrators, principalIdOf, refuseOthersList } from './authority.ts'
import { grantSource, grantsOf, oAuth2PermissionGrant } from './grant-entity.ts'
import { findGrant } from './grant-store.ts'
import {
  createPermissionGrant,
  deletePermissionGrant,
  type GrantedBy,
  splitScopes,
  updatePermissionGrant,
} from './permission-grants.ts'

const read: Permissions = {
  delegated: ['DelegatedPermissionGrant.Read.All'],
  application: ['DelegatedPermissionGrant.Read.All'],
}
const write: Permissions = {
  delegated: ['DelegatedPermissionGrant.ReadWrite.All'],
  application: ['DelegatedPermissionGrant.ReadWrite.All'],
}

interface Asked {
  readonly context: Context
  readonly params: { readonly id: string }
}

const load = ({ context, params }: Asked) =>
  inTransaction(context, async (tx) => {
    const grant = isGuid(params.id) ? await findGrant(tx, params.id) : null
    if (grant === null) throw new NotFound(params.id)
    return grant
  })

export const grantRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/oauth2PermissionGrants',
    permissions: read,
    query: collectionOf(oAuth2PermissionGrant),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      return list(
        oAuth2PermissionGrant,
        await inTransaction(context, (tx) => listEntities(tx, query, grantSource)),
      )
    },
  }),
  route({
    method: 'GET',
    path: '/oauth2PermissionGrants/{id}',
    permissions: read,
    query: itemOf(oAuth2PermissionGrant),
    load,
    handle: async ({ context, caller, query, target }) => {
      refuseOthersList(caller, target.principalId)
      const row = await inTransaction(context, (tx) => getEntity(tx, query, grantSource, target.id))
      if (row === undefined) throw new NotFound(target.id)
      return item(oAuth2PermissionGrant, row)
    },
  }),
  route({
    method: 'POST',
    path: '/oauth2PermissionGrants',
    permissions: write,
    roles: { anyOf: consentAdministrators },
    body: forCreate(oAuth2PermissionGrant),
    handle: async ({ context, body }) => {
      const { clientId, resourceId, scope } = body.values
      const row = await inTransaction(context, async (tx) => {
        const { id } = await createPermissionGrant(context, tx, {
          clientId,
          resourceId,
          grantedBy: grantedBy(body.values.consentType, body.values.principalId ?? null),
          scopes: splitScopes(scope ?? ''),
        })
        const [made] = await getEntities(tx, oAuth2PermissionGrant, grantSource, [id])
        if (made === undefined) throw new NotFound(id)
        return made
      })
      return created(oAuth2PermissionGrant, row)
    },
  }),
  route({
    method: 'PATCH',
    path: '/oauth2PermissionGrants/{id}',
    permissions: write,
    load,
    roles: { anyOf: consentAdministrators },
    body: forUpdate(oAuth2PermissionGrant),
    handle: async ({ context, body, target }) => {
      const { scope } = body.values
      if (scope !== undefined) {
        await inTransaction(context, (tx) =>
          updatePermissionGrant(context, tx, target.id, splitScopes(scope ?? '')),
        )
      }
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/oauth2PermissionGrants/{id}',
    permissions: write,
    load,
    // What a person agreed to himself he may take back himself.
    roles: {
      anyOf: consentAdministrators,
      unless: ({ caller, target }) => target.principalId === principalIdOf(caller),
    },
    handle: async ({ context, target }) => {
      await inTransaction(context, (tx) => deletePermissionGrant(context, tx, target.id))
      return noContent()
    },
  }),
  ...(['/servicePrincipals/{id}/oauth2PermissionGrants', '/users/{id}/oauth2PermissionGrants'] as const).map(
    (path) => grantsBelow(path),
  ),
]

function grantsBelow(
  path: '/servicePrincipals/{id}/oauth2PermissionGrants' | '/users/{id}/oauth2PermissionGrants',
): Route {
  const ofUser = path.startsWith('/users')
  return route({
    method: 'GET',
    path,
    permissions: read,
    query: collectionOf(oAuth2PermissionGrant),
    load: ({ context, params }) =>
      inTransaction(context, async (tx) => {
        const id = isGuid(params.id)
          ? params.id.toLowerCase()
          : ofUser
            ? (await findUserByPrincipalName(tx, params.id))?.id
            : undefined
        const principal = id === undefined ? null : await findPrincipal(tx, id)
        if (id === undefined || principal?.type !== (ofUser ? 'User' : 'ServicePrincipal')) {
          throw new NotFound(params.id)
        }
        return { id }
      }),
    handle: async ({ context, caller, query, target }) => {
      refuseOthersList(caller, target.id)
      const source = grantsOf(ofUser ? 'principal' : 'client', target.id)
      return list(
        oAuth2PermissionGrant,
        await inTransaction(context, (tx) => listEntities(tx, query, source)),
      )
    },
  })
}

/** The two members that together say for whom; 400 when they contradict each other. */
function grantedBy(consentType: string, principalId: string | null): GrantedBy {
  const refused = (target: string, message: string) =>
    new Invalid(message, { details: [{ code: 'InvalidValue', target, message }] })
  if (consentType === 'AllPrincipals') {
    if (principalId !== null)
      throw refused('principalId', 'principalId must be null when consentType is AllPrincipals.')
    return { for: 'everybody' }
  }
  if (consentType !== 'Principal') throw refused('consentType', 'consentType is AllPrincipals or Principal.')
  if (principalId === null)
    throw refused('principalId', 'principalId must be given when consentType is Principal.')
  return { for: 'person', userId: principalId }
}
