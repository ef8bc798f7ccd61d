import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../src/platform/database/index.ts'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly PlanNode[]
}

export interface Plan {
  /** Tables that are read whole. */
  readonly scans: readonly string[]
  readonly indexes: readonly string[]
}

/**
 * How PostgreSQL runs a query, under row-level security too. Fill and `analyze` the tables before: on a handful of
 * rows any plan is as good as another.
 */
export async function explain(tx: Tx, query: RawBuilder<unknown>): Promise<Plan> {
  const { rows } = await sql<{ 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] }>`
    explain (format json) ${query}`.execute(tx)
  const nodes = [...walk(rows[0]?.['QUERY PLAN'][0].Plan)]
  return {
    scans: nodes.flatMap((node) =>
      node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined ? [node['Relation Name']] : [],
    ),
    indexes: [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))],
  }
}

function* walk(node: PlanNode | undefined): Generator<PlanNode> {
  if (node === undefined) return
  yield node
  for (const child of node.Plans ?? []) yield* walk(child)
}
