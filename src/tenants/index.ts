export { domainEntities } from './domain-entity.ts'
export { domainRoutes } from './domain-routes.ts'
export type { Domain, Tenant, TenantType } from './model.ts'
export {
  type AnyMessageHandler,
  createPort,
  type MessageHandler,
  type MessageName,
  type PortAnswer,
  type TenantMessages,
  type TenantPort,
} from './port.ts'
export { domainOf, normaliseDomain } from './rules.ts'
export {
  addDomain,
  createTenant,
  findDomain,
  initialiseTenant,
  type NewTenant,
  removeDomain,
  resolveTenant,
  type TenantInitialiser,
  type TxtResolver,
  verifyDomain,
} from './service.ts'
export { addSigningKey, loadSigningKeys, type SigningKey, type SigningKeys } from './signing-keys.ts'
export { findDomains, findTenant, findTenantByDomain, listTenants, setDefaultDomain } from './store.ts'
export { answerTenantInformation } from './tenant-information.ts'
