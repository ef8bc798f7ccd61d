import { defineComplexType, property } from '../../graph/index.ts'

// The complex properties of applications, as Graph's metadata declares them.

const permissionScope = defineComplexType('permissionScope', {
  adminConsentDescription: property.string(),
  adminConsentDisplayName: property.string(),
  id: property.guid(),
  isEnabled: property.boolean(),
  origin: property.string(),
  type: property.string(),
  userConsentDescription: property.string(),
  userConsentDisplayName: property.string(),
  value: property.string(),
})

const preAuthorizedApplication = defineComplexType('preAuthorizedApplication', {
  appId: property.string(),
  delegatedPermissionIds: property.collection('Edm.String'),
})

export const apiApplication = defineComplexType('apiApplication', {
  acceptMappedClaims: property.boolean(),
  knownClientApplications: property.collection('Edm.Guid'),
  oauth2PermissionScopes: property.collection(permissionScope),
  preAuthorizedApplications: property.collection(preAuthorizedApplication),
  requestedAccessTokenVersion: property.int32(),
})

export const appRole = defineComplexType('appRole', {
  allowedMemberTypes: property.collection('Edm.String'),
  description: property.string(),
  displayName: property.string(),
  id: property.guid(),
  isEnabled: property.boolean(),
  origin: property.string(),
  value: property.string(),
})

export { permissionScope }

const implicitGrantSettings = defineComplexType('implicitGrantSettings', {
  enableAccessTokenIssuance: property.boolean(),
  enableIdTokenIssuance: property.boolean(),
})

export const webApplication = defineComplexType('webApplication', {
  homePageUrl: property.string(),
  implicitGrantSettings: property.complex(implicitGrantSettings),
  logoutUrl: property.string(),
  redirectUris: property.collection('Edm.String'),
})

export const spaApplication = defineComplexType('spaApplication', {
  redirectUris: property.collection('Edm.String'),
})

export const publicClientApplication = defineComplexType('publicClientApplication', {
  redirectUris: property.collection('Edm.String'),
})

const resourceAccess = defineComplexType('resourceAccess', {
  id: property.guid(),
  type: property.string(),
})

export const requiredResourceAccess = defineComplexType('requiredResourceAccess', {
  resourceAccess: property.collection(resourceAccess),
  resourceAppId: property.string(),
})

const optionalClaim = defineComplexType('optionalClaim', {
  additionalProperties: property.collection('Edm.String'),
  essential: property.boolean(),
  name: property.string(),
  source: property.string(),
})

export const optionalClaims = defineComplexType('optionalClaims', {
  accessToken: property.collection(optionalClaim),
  idToken: property.collection(optionalClaim),
  saml2Token: property.collection(optionalClaim),
})

export const informationalUrl = defineComplexType('informationalUrl', {
  logoUrl: property.string(),
  marketingUrl: property.string(),
  privacyStatementUrl: property.string(),
  supportUrl: property.string(),
  termsOfServiceUrl: property.string(),
})

export const authenticationBehaviors = defineComplexType('authenticationBehaviors', {
  blockAzureADGraphAccess: property.boolean(),
  removeUnverifiedEmailClaim: property.boolean(),
  requireClientServicePrincipal: property.boolean(),
})

export const passwordCredential = defineComplexType('passwordCredential', {
  customKeyIdentifier: property.binary(),
  displayName: property.string(),
  endDateTime: property.dateTimeOffset(),
  hint: property.string(),
  keyId: property.guid(),
  secretText: property.string(),
  startDateTime: property.dateTimeOffset(),
})

export const keyCredential = defineComplexType('keyCredential', {
  customKeyIdentifier: property.binary(),
  displayName: property.string(),
  endDateTime: property.dateTimeOffset(),
  key: property.binary(),
  keyId: property.guid(),
  startDateTime: property.dateTimeOffset(),
  type: property.string(),
  usage: property.string(),
})
