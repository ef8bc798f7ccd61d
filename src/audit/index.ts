export type { AuditCategory, AuditRecord, AuditTarget, ModifiedProperty, SignInRecord } from './model.ts'
export { auditEntities, auditRoutes } from './routes.ts'
export { recordAudit, recordRefusal, recordSignIn } from './service.ts'
export { findVisitedTenants } from './store.ts'
