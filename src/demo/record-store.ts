import { z } from 'zod'
import { deploymentScope, type Keyring } from '../platform/crypto/keyring.ts'
import type { Tx } from '../platform/database/index.ts'
import { readSetting, writeSetting } from '../platform/settings.ts'

const SETTING = 'demo'

const record = z.object({
  /** Where the first example application listens. */
  applicationOrigin: z.string(),
  tenants: z.array(
    z.object({
      key: z.enum(['contoso', 'fabrikam', 'woodgrove']),
      id: z.guid(),
      users: z.array(
        z.object({
          id: z.guid(),
          userPrincipalName: z.string(),
          displayName: z.string(),
          password: z.string(),
          roles: z.array(z.string()),
        }),
      ),
      application: z.object({ objectId: z.guid(), appId: z.guid(), secret: z.string() }),
    }),
  ),
})

/** What the demo is made of, beside what follows from the addresses of this start. Sealed: it holds secrets. */
export type DemoRecord = z.infer<typeof record>

/** Inside a platform transaction. `undefined`: nobody began to make a demo here. */
export async function readDemo(tx: Tx, keyring: Keyring): Promise<DemoRecord | undefined> {
  const sealed = await readSetting(tx, SETTING)
  if (typeof sealed !== 'string') return undefined
  return record.parse(JSON.parse(keyring.open(SETTING, deploymentScope, sealed).toString('utf8')))
}

export const writeDemo = (tx: Tx, keyring: Keyring, demo: DemoRecord): Promise<void> =>
  writeSetting(tx, SETTING, keyring.seal(SETTING, deploymentScope, JSON.stringify(demo)))
