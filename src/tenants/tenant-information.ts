import { z } from 'zod'
import type { Deployment } from '../platform/deployment.ts'
import type { MessageHandler } from './port.ts'
import { findTenant } from './store.ts'

/** Tells anybody who asks what this tenant is called. */
export const answerTenantInformation = (deployment: Deployment): MessageHandler<'tenantInformation'> => ({
  name: 'tenantInformation',
  question: z.object({}).strict() as z.ZodType<Record<string, never>>,
  async answer(ctx) {
    const tenant = await deployment.database.platform.transaction((tx) => findTenant(tx, ctx.tenantId))
    if (tenant === null) throw new Error('This tenant does not exist.')
    return { displayName: tenant.displayName, initialDomain: tenant.initialDomain }
  },
})
