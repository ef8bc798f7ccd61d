export {
  anyObject,
  type BodySchema,
  type EntityBody,
  forCreate,
  forUpdate,
  parameters,
  type Reference,
  reference,
} from './body.ts'
export type { ApplicationCaller, DelegatedCaller, GraphCaller } from './caller.ts'
export { directoryRoleTemplates } from './directory-roles.ts'
export { defineComplexType, defineEntity, defineEnum, filters, property } from './entity.ts'
export type { Page, PageKey } from './page.ts'
export { findPermission, graphAppId, type Permission, permissionCatalogue } from './permission-catalogue.ts'
export { callerHas, type Permissions } from './permissions.ts'
export { collectionOf, countOf, itemOf, type Query } from './query.ts'
export { badProperty, badRequest, unsupportedQuery } from './refusals.ts'
export { accepted, count, created, item, list, noContent, type Reply, raw, value } from './responses.ts'
export { inTransaction, type Route, type RouteRequest, route } from './routes.ts'
export type {
  ComplexValue,
  CreateValues,
  EntityType,
  ExpandOptions,
  FilterOperator,
  GraphRow,
  Navigation,
  Properties,
  Sql,
  UpdateValues,
} from './types.ts'
