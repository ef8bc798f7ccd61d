// A program for `killed-import.test.ts` to kill: runs the rows of uploads, and writes a dot for every mail.
import { z } from 'zod'
import { systemClock } from '../../platform/clock.ts'
import { createKeyring, developmentMasterKey, parseMasterKey } from '../../platform/crypto/keyring.ts'
import { openDatabase } from '../../platform/database/index.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { randomIds } from '../../platform/ids.ts'
import { createJobRunner } from '../../platform/jobs/index.ts'
import { createMailer } from '../../platform/mail/index.ts'
import { silentLogger } from '../../platform/telemetry/log.ts'
import { createPort } from '../../tenants/index.ts'
import { defaultInvitationPolicy } from '../policy.ts'
import { bulkJob } from './job.ts'

const connection = z.looseObject({}).parse(JSON.parse(process.argv[2] ?? ''))
const deployment: Deployment = {
  baseUrl: 'https://login.xenia.test',
  database: openDatabase(connection),
  clock: systemClock,
  ids: randomIds,
  keyring: createKeyring(parseMasterKey(developmentMasterKey)),
  log: silentLogger,
}
const mailer = createMailer({
  keyring: deployment.keyring,
  smtpUrl: 'smtp://127.0.0.1:1',
  fromAddress: 'xenia@xenia.test',
})
const runner = createJobRunner({
  deployment,
  connection,
  jobs: [
    bulkJob({
      deployment,
      mailer: {
        queue: async (tx, ctx, mail) => {
          const id = await mailer.queue(tx, ctx, mail)
          process.stdout.write('.')
          return id
        },
      },
      port: createPort(deployment, []),
      policy: defaultInvitationPolicy,
    }),
  ],
  heartbeatSeconds: 0.1,
})
await runner.start()
// The runner alone would not keep this program alive, on purpose.
setInterval(() => {}, 1000)
