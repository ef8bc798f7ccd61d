import type { BareSql, Statements } from './bare-sql.ts'
import { type BenchDeployment, getToken } from './deployment.ts'
import { fire } from './load.ts'
import { alternate, median, ratePerSecond } from './statistics.ts'

export interface ReadFigures {
  readonly graph: number
  readonly sql: number
}

export interface GraphFigures {
  readonly pointReads: ReadFigures
  readonly filteredLists: ReadFigures
}

const CONNECTIONS = 10
const DIFFERENT_REQUESTS = 200

/** Reads of Graph by HTTP, beside the statements that they are made of, sent by the driver alone. */
export async function measureGraph(
  { origin, tenants }: BenchDeployment,
  sql: BareSql,
  rounds: number,
  seconds: number,
): Promise<GraphFigures> {
  const [tenant] = tenants
  if (tenant === undefined) throw new Error('There is no tenant.')
  const headers = { authorization: `Bearer ${await getToken(origin, tenant)}` }

  const compare = async (paths: readonly string[]): Promise<ReadFigures> => {
    const recorded: Statements[] = []
    for (const path of paths) recorded.push(await sql.record(tenant, path))
    let at = 0
    const measured = await alternate(rounds, {
      graph: async () =>
        (
          await fire({
            origin,
            loads: paths.map((path) => ({ path, headers })),
            seconds,
            connections: CONNECTIONS,
          })
        ).perSecond,
      sql: () =>
        ratePerSecond(
          () => {
            at = (at + 1) % recorded.length
            return sql.run(recorded[at] ?? [])
          },
          { seconds, loops: CONNECTIONS },
        ),
    })
    return { graph: median(measured.graph), sql: median(measured.sql) }
  }

  const step = Math.max(1, Math.floor(tenant.userIds.length / DIFFERENT_REQUESTS))
  const people = tenant.userIds.filter((_id, at) => at % step === 0).slice(0, DIFFERENT_REQUESTS)
  return {
    pointReads: await compare(people.map((id) => `/v1.0/users/${id}?$select=id,displayName,mail`)),
    filteredLists: await compare(
      Array.from(
        { length: 100 },
        (_, at) =>
          `/v1.0/users?$filter=${encodeURIComponent(`startswith(displayName,'Person ${String(at).padStart(3, '0')}')`)}` +
          '&$select=id,displayName,mail&$top=25',
      ).slice(0, Math.ceil(tenant.userIds.length / 100)),
    ),
  }
}
