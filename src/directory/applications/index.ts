// The part of the directory's door that leads to applications; other modules use `directory/index.ts`.
export { applicationRoles, effectiveAppRoles, grantsFor, grantsOfClient, isAssigned } from './access.ts'
export {
  assignAppRole,
  type NamedAppRoleAssignment,
  type NewAppRoleAssignment,
  removeAppRoleAssignment,
} from './app-role-assignments.ts'
export {
  type Client,
  clientPublicKeys,
  findClient,
  keysForHeader,
  verifyClientSecret,
} from './clients.ts'
export type { KeyCredential, PasswordCredential, SecretVerdict } from './credentials.ts'
export {
  describeApplication,
  describeApplicationHandler,
  parseDescription,
} from './describe-application.ts'
export { ensureGraphServicePrincipal } from './graph-service-principal.ts'
export {
  type Application,
  type AppRole,
  type AppRoleAssignment,
  DEFAULT_ACCESS,
  type DescribeForeignApplication,
  type ForeignApplication,
  type OptionalClaim,
  type OptionalClaims,
  type PermissionGrant,
  type PermissionScope,
  type Platform,
  type RedirectUris,
  type ServicePrincipal,
  type SignInAudience,
} from './model.ts'
export { addOwner, ownsObject, removeOwner } from './owners.ts'
export {
  createPermissionGrant,
  deletePermissionGrant,
  type GrantedBy,
  type NewPermissionGrant,
  recordConsent,
  updatePermissionGrant,
} from './permission-grants.ts'
export { matchRedirectUri } from './redirect-uris.ts'
export { type Registered, type Registration, registerApplication } from './register.ts'
export {
  type RequestedScope,
  type Resource,
  resolveResource,
  SIGN_IN_SCOPES,
  scopesOf,
  splitScope,
} from './resources.ts'
export { applicationEntities, applicationGraphRoutes } from './routes.ts'
export {
  addKey,
  addPassword,
  type GivenKey,
  type IssuedPassword,
  type NewPassword as NewApplicationPassword,
  removeKey,
  removePassword,
  replaceKeys,
} from './secrets-and-keys.ts'
export {
  createApplication,
  deleteApplication,
  purgeApplication,
  restoreApplication,
  updateApplication,
} from './service.ts'
export {
  deleteServicePrincipal,
  purgeServicePrincipal,
  restoreServicePrincipal,
} from './service-principal-deletion.ts'
export {
  findByAppId as findServicePrincipalByAppId,
  findServicePrincipal,
} from './service-principal-store.ts'
export {
  addServicePrincipal,
  createServicePrincipal,
  refreshServicePrincipal,
  type ServicePrincipalChanges,
  updateServicePrincipal,
} from './service-principals.ts'
export type { ApplicationChanges } from './settings.ts'
export { findApplication, findApplicationByAppId } from './store.ts'
