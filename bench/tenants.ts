import { type BenchDeployment, tokenRequest } from './deployment.ts'
import { fire, type Measured } from './load.ts'
import { alternate, median } from './statistics.ts'

export interface Latency {
  readonly medianMilliseconds: number
  readonly p99Milliseconds: number
}

export interface TenantFigures {
  readonly few: Latency
  readonly many: Latency
}

/** Token requests, one after another, each of another tenant: on a deployment with few tenants and one with many. */
export async function measureTenants(
  few: BenchDeployment,
  many: BenchDeployment,
  rounds: number,
  seconds: number,
  connections = 1,
): Promise<TenantFigures> {
  const ask = ({ origin, tenants }: BenchDeployment) =>
    fire({ origin, loads: tenants.map(tokenRequest), seconds, connections })
  const measured = await alternate(rounds, { few: () => ask(few), many: () => ask(many) })
  return { few: latencyOf(measured.few), many: latencyOf(measured.many) }
}

const latencyOf = (all: readonly Measured[]): Latency => ({
  medianMilliseconds: median(all.map(({ medianMilliseconds }) => medianMilliseconds)),
  p99Milliseconds: median(all.map(({ p99Milliseconds }) => p99Milliseconds)),
})
