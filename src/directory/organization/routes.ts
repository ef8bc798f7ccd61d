import {
  collectionOf,
  forUpdate,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Route,
  route,
  type UpdateValues,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { NotFound } from '../../platform/errors.ts'
import { may } from '../authority.ts'
import { concealOrganization } from '../visibility.ts'
import { organization, organizations } from './entity.ts'
import { type OrganizationChanges, updateOrganization } from './service.ts'

const read = {
  delegated: ['User.Read', 'Organization.Read.All'],
  application: ['Organization.Read.All'],
} as const
const write = {
  delegated: ['Organization.ReadWrite.All'],
  application: ['Organization.ReadWrite.All'],
} as const

async function requireOwn({
  context,
  params,
}: {
  readonly context: Context
  readonly params: { readonly id: string }
}): Promise<void> {
  // The table of tenants holds them all, so this is what keeps others out of sight.
  if (params.id.toLowerCase() !== context.tenantId) throw new NotFound(params.id)
}

/** `/organization`: the tenant itself, to everyone who signs in (its name and domains are no secret to its guests). */
export const organizationRoutes = (): readonly Route[] => [
  route({
    method: 'GET',
    path: '/organization',
    permissions: read,
    query: collectionOf(organization),
    handle: async ({ context, caller, query }) => {
      const page = await inTransaction(context, (tx) =>
        listEntities(tx, query, organizations(context.tenantId)),
      )
      const rows = page.rows.map((row) => concealOrganization(caller, row))
      return list(organization, { ...page, rows })
    },
  }),
  route({
    method: 'GET',
    path: '/organization/{id}',
    permissions: read,
    query: itemOf(organization),
    load: requireOwn,
    handle: async ({ context, caller, query, params }) => {
      const row = await inTransaction(context, (tx) =>
        getEntity(tx, query, organizations(context.tenantId), context.tenantId),
      )
      if (row === undefined) throw new NotFound(params.id)
      return item(organization, concealOrganization(caller, row))
    },
  }),
  route({
    method: 'PATCH',
    path: '/organization/{id}',
    permissions: write,
    body: forUpdate(organization),
    load: requireOwn,
    roles: { anyOf: may.changeOrganization },
    handle: async ({ context, body }) => {
      await updateOrganization(context, changesFrom(body.values))
      return noContent()
    },
  }),
]

function changesFrom(values: UpdateValues<(typeof organization)['properties']>): OrganizationChanges {
  const { preferredLanguage, privacyProfile, ...lists } = values
  return {
    ...lists,
    ...(preferredLanguage !== undefined && { preferredLanguage: preferredLanguage ?? 'en-US' }),
    ...(privacyProfile !== undefined && {
      privacyProfile:
        privacyProfile === null
          ? null
          : {
              ...(privacyProfile.contactEmail !== undefined && { contactEmail: privacyProfile.contactEmail }),
              ...(privacyProfile.statementUrl !== undefined && { statementUrl: privacyProfile.statementUrl }),
            },
    }),
  }
}
