import { sql } from 'kysely'
import type { Deployment } from '../../platform/deployment.ts'
import { countJobs } from '../../platform/jobs/index.ts'
import { listTenants, loadSigningKeys, type Tenant } from '../../tenants/index.ts'
import { commandContext } from '../open.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

export interface TenantFacts {
  readonly tenants: number
  /** One of them, with the ids of its published keys: to be recognised at the base URL. */
  readonly sample: { readonly tenant: Tenant; readonly keyIds: readonly string[] } | null
  readonly findings: readonly Finding[]
}

const PAGE = 500
const LISTED = 3

/** Goes through all tenants once: do their signing keys open, and has their mail left? */
export async function checkTenants(deployment: Deployment): Promise<TenantFacts> {
  const closed: string[] = []
  const mail = { failed: 0, late: 0, tenants: new Set<string>() }
  let count = 0
  let sample: TenantFacts['sample'] = null
  for (let after = ''; ; ) {
    const page = await deployment.database.platform.transaction((tx) => listTenants(tx, after, PAGE))
    for (const tenant of page) {
      count += 1
      const keyIds = await publishedKeys(deployment, tenant)
      if (keyIds === null) closed.push(tenant.initialDomain)
      else sample ??= { tenant, keyIds }
      const outbox = await troubledMail(deployment, tenant)
      mail.failed += outbox.failed
      mail.late += outbox.late
      if (outbox.failed + outbox.late > 0) mail.tenants.add(tenant.initialDomain)
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.initialDomain
  }
  return { tenants: count, sample, findings: [keysFinding(count, closed), mailFinding(mail)] }
}

/** `null`: the master key does not open them, or there are none. */
async function publishedKeys(deployment: Deployment, tenant: Tenant): Promise<readonly string[] | null> {
  try {
    const { published } = await loadSigningKeys(commandContext(deployment, tenant), deployment.keyring)
    return published.map((key) => key.keyId)
  } catch {
    return null
  }
}

function keysFinding(count: number, closed: readonly string[]): Finding {
  if (closed.length === 0) return ok('master key', `it opens the signing keys of every tenant (${count})`)
  return failed(
    'master key',
    `it does not open the signing keys of ${some(closed)}`,
    'Set XENIA_MASTER_KEY to the key that they were sealed with; list older ones after the present one.',
  )
}

async function troubledMail(
  { database }: Deployment,
  tenant: Tenant,
): Promise<{ failed: number; late: number }> {
  const { rows } = await database.tenant(tenant.id).transaction((tx) =>
    sql<{ failed: number; late: number }>`
      select (count(*) filter (where state = 'failed' and failed_at > now() - interval '7 days'))::int as failed,
             (count(*) filter (where state = 'pending' and queued_at < now() - interval '15 minutes'))::int as late
        from outbox_messages`.execute(tx),
  )
  return rows[0] ?? { failed: 0, late: 0 }
}

function mailFinding({
  failed: lost,
  late,
  tenants,
}: {
  failed: number
  late: number
  tenants: Set<string>
}): Finding {
  const where = some([...tenants])
  if (lost > 0) {
    return failed(
      'mail',
      `${lost} mail(s) failed in the last week, ${late} wait longer than 15 minutes: ${where}`,
      'See why with: xenia jobs list --name mail.deliver. Repair it, then: xenia jobs retry --all --name mail.deliver',
    )
  }
  return late > 0
    ? warning(
        'mail',
        `${late} mail(s) wait longer than 15 minutes: ${where}`,
        'Does a worker run, and does SMTP answer?',
      )
    : ok('mail', 'nothing has failed in the last week')
}

const some = (names: readonly string[]): string =>
  names.length <= LISTED
    ? names.join(', ')
    : `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`

/** Nodes that work on jobs and have given a sign of life in the last minute. */
export async function livingNodes({ database }: Deployment): Promise<number> {
  const { rows } = await database.pool.query<{ nodes: number }>(
    "select count(*)::int as nodes from job_nodes where seen_at > now() - interval '1 minute'",
  )
  return rows[0]?.nodes ?? 0
}

export async function checkJobs({ database, clock }: Deployment, nodes: number): Promise<Finding> {
  const { ready, scheduled, running, dead } = await countJobs(database.pool, clock.now())
  const detail = `${ready} due, ${scheduled} scheduled, ${running} running, ${dead} failed for good; ${nodes} node(s) at work`
  if (dead > 0)
    return failed('jobs', detail, 'See them with: xenia jobs list; then xenia jobs retry or discard.')
  return ready > 0 && nodes === 0
    ? warning('jobs', detail, 'Start a node with the role worker (XENIA_ROLES).')
    : ok('jobs', detail)
}
