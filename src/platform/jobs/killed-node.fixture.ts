// A program for `dead-nodes.test.ts` to kill: takes one job, says so, and never ends it.
import { z } from 'zod'
import { systemClock } from '../clock.ts'
import { createKeyring, developmentMasterKey, parseMasterKey } from '../crypto/keyring.ts'
import { openDatabase } from '../database/index.ts'
import { randomIds } from '../ids.ts'
import { silentLogger } from '../telemetry/log.ts'
import { createJobRunner, defineJob } from './index.ts'

const connection = z.looseObject({}).parse(JSON.parse(process.argv[2] ?? ''))
const endless = defineJob({
  name: 'jobs-test.endless',
  schema: z.object({}),
  maxAttempts: 5,
  async run(_ctx, attempt) {
    process.stdout.write(`taken, try ${attempt.number}\n`)
    await new Promise(() => {})
  },
})
const runner = createJobRunner({
  deployment: {
    baseUrl: 'http://localhost:8080',
    database: openDatabase(connection),
    clock: systemClock,
    ids: randomIds,
    keyring: createKeyring(parseMasterKey(developmentMasterKey)),
    log: silentLogger,
  },
  connection,
  jobs: [endless],
  heartbeatSeconds: 0.1,
})
await runner.start()
// The runner alone would not keep this program alive, on purpose.
setInterval(() => {}, 1000)
