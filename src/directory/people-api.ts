import type { EntityType, Route } from '../graph/index.ts'
import { deletedItemRoutes } from './deleted-items/routes.ts'
import { directoryObject } from './directory-object-entity.ts'
import { group } from './groups/entity.ts'
import { groupRoutes } from './groups/routes.ts'
import { objectRoutes } from './objects/routes.ts'
import { organization } from './organization/entity.ts'
import { organizationRoutes } from './organization/routes.ts'
import { directoryRole, directoryRoleTemplate } from './roles/entity.ts'
import { roleRoutes } from './roles/routes.ts'
import { user } from './users/entity.ts'
import { userRelationRoutes } from './users/relation-routes.ts'
import { type UserRoutesOptions, userRoutes } from './users/routes.ts'

/** Entities of people, groups, roles and the organisation, base types first. */
export const peopleEntities: readonly EntityType[] = [
  directoryObject,
  user,
  group,
  directoryRole,
  directoryRoleTemplate,
  organization,
]

/**
 * Routes of people, groups, roles and the organisation. To be called when every module's entities are loaded:
 * collections of mixed types know the types that are declared by then.
 */
export const peopleRoutes = (options: UserRoutesOptions): readonly Route[] => [
  ...userRoutes(options),
  ...userRelationRoutes(),
  ...groupRoutes(),
  ...roleRoutes(),
  ...objectRoutes(),
  ...deletedItemRoutes(),
  ...organizationRoutes(),
]
