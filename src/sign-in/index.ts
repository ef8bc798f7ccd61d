export { createEngineHost, type EngineHost, type TenantEngine } from './engine/host.ts'
export { mountEngine } from './engine/http.ts'
export { openEngineDirectory } from './engine-directory.ts'
export { createGraphAuthentication } from './graph-authentication.ts'
