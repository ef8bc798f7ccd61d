export {
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
export { createGraph, type Graph, type GraphOptions, type RefusedWrite } from './dispatch.ts'
export { defineComplexType, defineEntity, defineEnum, filters, property } from './entity.ts'
export { requireMatch } from './etag.ts'
export { graphFrameworkErrors, graphPlugin } from './http.ts'
export {
  completed,
  countEntities,
  getEntities,
  getEntity,
  listEntities,
  listMixed,
  type MixedTypes,
  type Source,
} from './list.ts'
export type { GraphRequest, GraphResponse, RequestInfo } from './message.ts'
export type { Page } from './page.ts'
export { findPermission, graphAppId, type Permission, permissionCatalogue } from './permission-catalogue.ts'
export { callerHas, type Permissions } from './permissions.ts'
export type { Query } from './query.ts'
export { collectionOf, countOf, itemOf } from './query-shape.ts'
export { badProperty, badRequest, unsupportedQuery } from './refusals.ts'
export { accepted, count, created, item, list, noContent, type Reply, raw, value } from './responses.ts'
export { inTransaction, type Route, type RouteRequest, route } from './routes.ts'
export { columnOf } from './sql.ts'
export type {
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
