import { purgeExpired } from './directory/index.ts'
import { forgetOldPasscodes } from './federation/index.ts'
import { eachTenant } from './platform/database/each-tenant.ts'
import { type Deployment, openContext } from './platform/deployment.ts'
import { defineRecurring, type RecurringJob } from './platform/jobs/index.ts'
import { forgetExpiredArtifacts, purgeSignIns } from './sign-in/index.ts'

const HOUR = 3600

/** Chores of the whole deployment: what is over is forgotten, and what lay deleted for thirty days is purged. */
export const retentionJobs: readonly RecurringJob[] = [
  defineRecurring({ name: 'retention.forget-expired', everySeconds: HOUR, run: forgetExpired }),
  defineRecurring({ name: 'retention.purge-deleted', everySeconds: 6 * HOUR, run: purgeDeleted }),
]

/** Sessions, codes, tokens and passcodes that have ended. They open nothing any more; this is tidiness. */
async function forgetExpired(deployment: Deployment, signal: AbortSignal): Promise<void> {
  const now = deployment.clock.now()
  for await (const tenant of eachTenant(deployment.database, signal)) {
    await tenant.transaction((tx) => forgetExpiredArtifacts(tx, now))
    await tenant.transaction((tx) => purgeSignIns(tx, now))
    await tenant.transaction((tx) => forgetOldPasscodes(tx, now))
  }
}

/** GRA-56: after thirty days in deletedItems an object is gone for ever. */
async function purgeDeleted(deployment: Deployment, signal: AbortSignal): Promise<void> {
  for await (const { tenantId } of eachTenant(deployment.database, signal)) {
    const ctx = openContext(
      deployment,
      tenantId,
      { kind: 'system', name: 'Retention' },
      deployment.ids.guid(),
    )
    while ((await purgeExpired(ctx)) > 0) signal.throwIfAborted()
  }
}
