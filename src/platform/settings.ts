import type { Tx } from './database/index.ts'

declare module './database/schema.ts' {
  interface Schema {
    deployment_settings: { name: string; value: unknown }
  }
}

/** By how much the development clock is ahead of the system's, for every node and over restarts. */
export const CLOCK_OFFSET_SETTING = 'clock-offset-milliseconds'

/** Facts of the whole deployment that no tenant owns; only inside a platform transaction. `undefined`: not set. */
export async function readSetting(tx: Tx, name: string): Promise<unknown> {
  const row = await tx
    .selectFrom('deployment_settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value
}

/** `value` must survive JSON. */
export async function writeSetting(tx: Tx, name: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value)
  await tx
    .insertInto('deployment_settings')
    .values({ name, value: json })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: json }))
    .execute()
}

/** Keeps what is there: of several programs that start at once the first one's value stays. */
export async function writeSettingOnce(tx: Tx, name: string, value: unknown): Promise<void> {
  await tx
    .insertInto('deployment_settings')
    .values({ name, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}
