import type { EntityType, Route } from '../../graph/index.ts'
import { application } from './application-entity.ts'
import { applicationRoutes } from './application-routes.ts'
import { appRoleAssignment } from './assignment-entity.ts'
import { assignmentRoutes } from './assignment-routes.ts'
import { oAuth2PermissionGrant } from './grant-entity.ts'
import { grantRoutes } from './grant-routes.ts'
import type { DescribeForeignApplication } from './model.ts'
import { allOwnerRoutes } from './owner-routes.ts'
import { servicePrincipal } from './service-principal-entity.ts'
import { servicePrincipalRoutes } from './service-principal-routes.ts'

/** The entity types of this folder, to be declared after directoryObject. */
export const applicationEntities: readonly EntityType[] = [
  application,
  servicePrincipal,
  appRoleAssignment,
  oAuth2PermissionGrant,
]

/** Everything that Graph offers about applications. `describe` asks the owners of foreign ones. */
export const applicationGraphRoutes = (describe: DescribeForeignApplication): readonly Route[] => [
  ...applicationRoutes,
  ...servicePrincipalRoutes(describe),
  ...allOwnerRoutes(),
  ...assignmentRoutes,
  ...grantRoutes,
]
