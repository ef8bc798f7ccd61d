import { graphAppId, permissionCatalogue } from '../../graph/index.ts'
import type { AppRole, PermissionScope } from './model.ts'

/** Names that the Graph API answers to in every tenant, besides the deployment's own address. */
export const GRAPH_NAMES = ['https://graph.microsoft.com']

const graphScopes: readonly PermissionScope[] = permissionCatalogue.flatMap(
  ({ name, delegatedId, consent, title }) =>
    delegatedId === null
      ? []
      : [
          {
            id: delegatedId,
            type: consent === 'admin' ? 'Admin' : 'User',
            value: name,
            isEnabled: true,
            adminConsentDisplayName: title,
            adminConsentDescription: title,
            userConsentDisplayName: title,
            userConsentDescription: title,
            origin: 'Application',
          },
        ],
)

const graphRoles: readonly AppRole[] = permissionCatalogue.flatMap(({ name, applicationId, title }) =>
  applicationId === null
    ? []
    : [
        {
          id: applicationId,
          allowedMemberTypes: ['Application'],
          displayName: title,
          description: title,
          isEnabled: true,
          value: name,
          origin: 'Application',
        },
      ],
)

/** The permissions of the product's own API as this program knows them. */
export const graphPermissions: Declared = { appRoles: graphRoles, scopes: graphScopes }

interface Declared {
  readonly appRoles: readonly AppRole[]
  readonly scopes: readonly PermissionScope[]
}

/**
 * The roles and scopes that a service principal offers: what its row says, but for the product's own API what this
 * program knows. So a new version's permissions are there at once in every tenant, with nothing to renew.
 */
export const declaredBy = (appId: string, stored: Declared): Declared =>
  appId === graphAppId ? graphPermissions : stored
