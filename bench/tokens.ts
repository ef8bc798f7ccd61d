import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BenchDeployment, tokenRequest } from './deployment.ts'
import { fire, type Load, startProgram } from './load.ts'
import { alternate, median, ratePerSecond } from './statistics.ts'

export interface TokenFigures {
  readonly xenia: number
  readonly bare: number
  /** Nothing but signatures of the same key size, on as many threads as Node has for it. */
  readonly signing: number
}

/** Client-credentials tokens per second: the whole program, bare oidc-provider, and signing alone, in turn. */
export async function measureTokens(
  { origin, tenants }: BenchDeployment,
  rounds: number,
  seconds: number,
): Promise<TokenFigures> {
  const [tenant] = tenants
  if (tenant === undefined) throw new Error('There is no tenant.')
  const bare = await startProgram(join(import.meta.dirname, 'bare-oidc-provider.ts'))
  try {
    const measured = await alternate(rounds, {
      xenia: async () => (await fire({ origin, loads: [tokenRequest(tenant)], seconds })).perSecond,
      bare: async () =>
        (await fire({ origin: `http://127.0.0.1:${bare.firstLine}`, loads: [bareRequest], seconds }))
          .perSecond,
      signing: () => signingRate(seconds),
    })
    return {
      xenia: median(measured.xenia),
      bare: median(measured.bare),
      signing: median(measured.signing),
    }
  } finally {
    await bare.stop()
  }
}

const bareRequest: Load = {
  method: 'POST',
  path: '/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials&client_id=bench&client_secret=bench-secret',
}

const signOnThreads = promisify(sign)
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const message = Buffer.alloc(700, 'x')

const signingRate = (seconds: number): Promise<number> =>
  ratePerSecond(() => signOnThreads('sha256', message, privateKey), { seconds, loops: 10 })
