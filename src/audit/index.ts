export type { AuditCategory, AuditRecord, AuditTarget, ModifiedProperty, SignInRecord } from './model.ts'
export { recordAudit, recordRefusal, recordSignIn } from './service.ts'
