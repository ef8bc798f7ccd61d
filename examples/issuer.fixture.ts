import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DemoDescription, ensureDemo } from '../src/demo/index.ts'
import { ensureGraphServicePrincipal } from '../src/directory/index.ts'
import { answerRelyingPartyMetadata } from '../src/federation/index.ts'
import type { Database } from '../src/platform/database/index.ts'
import { openContext } from '../src/platform/deployment.ts'
import { createHttpServer } from '../src/platform/http/server.ts'
import { createPasswordHasher } from '../src/platform/passwords.ts'
import { createMetrics } from '../src/platform/telemetry/metrics.ts'
import { type SelfSignedCertificate, selfSigned } from '../src/platform/tls.ts'
import { finishInteraction, readInteraction } from '../src/sign-in/engine/interactions.ts'
import type { EnginePages } from '../src/sign-in/engine/provider.ts'
import { createEngineHost, mountEngine, openEngineDirectory } from '../src/sign-in/index.ts'
import { createPort, resolveTenant } from '../src/tenants/index.ts'
import { testDeployment } from '../test/kit/deployment.ts'
import { freePort } from '../test/kit/port.ts'

/** The demo behind the real protocol engine. Its sign-in page signs in whoever `login_hint` names, at once. */
export interface Issuer {
  readonly baseUrl: string
  readonly demo: DemoDescription
  /** File with the authority of its certificate; null without TLS. */
  readonly caFile: string | null
  close(): Promise<void>
}

export async function startIssuer(
  database: Database,
  options: { readonly tls: boolean; readonly applicationOrigin: string },
): Promise<Issuer> {
  const directory = await mkdtemp(join(tmpdir(), 'xenia-example-'))
  const tls: SelfSignedCertificate | null = options.tls
    ? await selfSigned({ directory, hostnames: [] })
    : null
  const port = await freePort()
  const baseUrl = `${options.tls ? 'https' : 'http'}://localhost:${port}`
  const deployment = { ...testDeployment(database), baseUrl }
  const demo = await ensureDemo(deployment, {
    mode: 'development',
    hasher: createPasswordHasher({ concurrency: 2, queueLimit: 100 }),
    initialisers: [ensureGraphServicePrincipal],
    applicationOrigin: options.applicationOrigin,
  })
  if (demo === null) throw new Error('The database belongs to the demo.')

  const tenants = createPort(deployment, [answerRelyingPartyMetadata(deployment)])
  const host = createEngineHost(
    deployment,
    (tenantId) => {
      const actor = { kind: 'system', name: 'Sign-in' } as const
      return openEngineDirectory(
        openContext(deployment, tenantId, actor, deployment.ids.guid()),
        tenants,
        baseUrl,
      )
    },
    pages,
  )
  const app = createHttpServer({
    ids: deployment.ids,
    log: deployment.log,
    metrics: createMetrics(),
    tls,
    trustedProxies: [],
    readyWhen: [],
  })
  mountEngine(app, {
    deployment,
    host,
    chooseTenant: async (_request, reply) => void reply.status(404).send('no tenant'),
    unknownTenant: async (_request, reply) => void reply.status(404).send('unknown tenant'),
  })
  app.get<{ Params: { tenant: string; uid: string } }>('/:tenant/signin/:uid', async (request, reply) => {
    const tenant = await resolveTenant(deployment, request.params.tenant)
    if (tenant === null) return reply.status(404).send('unknown tenant')
    const engine = await host.engineFor(tenant.id)
    const interaction = await readInteraction(engine, request, reply, baseUrl, request.params.uid)
    if (interaction === null) return reply.status(400).send('no interaction')
    const hint = interaction.params['login_hint']
    const person = demo.tenants
      .flatMap(({ users }) => users)
      .find(({ userPrincipalName }) => userPrincipalName === hint)
    // Nobody named: the person cancels, as on every page of a sign-in.
    const result =
      person === undefined
        ? { error: 'access_denied', error_description: 'AADSTS65004: The person declined.' }
        : { login: { accountId: person.id, amr: ['pwd'], remember: false }, select_account: {} }
    return reply.redirect(await finishInteraction(engine, request, reply, baseUrl, interaction, result), 303)
  })
  await app.listen({ port, host: '127.0.0.1' })
  return {
    baseUrl,
    demo,
    caFile: tls?.caFile ?? null,
    close: async () => {
      await app.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const plain = async () => 'page'
const pages: EnginePages = {
  interactionPath: (tenantId, uid) => `/${tenantId}/signin/${uid}`,
  renderError: async (_ctx, failure) => `error page: ${failure.message}`,
  deviceCodeInput: plain,
  deviceCodeConfirm: plain,
  deviceCodeDone: plain,
  signOutConfirm: plain,
  signOutDone: plain,
}

/** A browser without a window: keeps cookies, as browsers do by host alone, and follows redirects everywhere. */
export class PlainBrowser {
  readonly #cookies = new Map<string, string>()
  readonly #fetch: typeof fetch

  constructor(how: typeof fetch = fetch) {
    this.#fetch = how
  }

  async open(
    address: string,
    form?: Record<string, string>,
  ): Promise<{ url: URL; status: number; page: string }> {
    let url = new URL(address)
    let body = form === undefined ? null : new URLSearchParams(form)
    for (let hop = 0; hop < 20; hop += 1) {
      const response = await this.#fetch(url, {
        redirect: 'manual',
        headers: { accept: 'text/html', cookie: this.#cookieHeader() },
        ...(body === null ? {} : { method: 'POST', body }),
      })
      this.#keep(response)
      const location = response.headers.get('location')
      if (location === null) return { url, status: response.status, page: await response.text() }
      url = new URL(location, url)
      body = null
    }
    throw new Error('endless redirects')
  }

  #cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name === undefined || value === undefined) continue
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }
}
