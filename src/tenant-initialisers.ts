import { ensureGraphServicePrincipal } from './directory/index.ts'
import type { TenantInitialiser } from './tenants/index.ts'

/** What every tenant has from its first moment; safe to run again. Apart from the server, so that commands need not load that. */
export const tenantInitialisers: readonly TenantInitialiser[] = [ensureGraphServicePrincipal]
