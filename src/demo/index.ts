export { describeDemo } from './describe-demo.ts'
export { type DemoTools, ensureDemo } from './ensure-demo.ts'
export type { DemoApplication, DemoDescription, DemoTenant, DemoTenantKey, DemoUser } from './model.ts'
