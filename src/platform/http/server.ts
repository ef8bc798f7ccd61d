import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Ids } from '../ids.ts'
import { assets } from '../pages/index.ts'
import { type HealthCheck, liveness, readiness } from '../telemetry/health.ts'
import { type Logger, safeUrl } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'

export interface HttpOptions {
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Metrics
  /** Certificate and key in PEM; `null` for plain HTTP, behind a proxy or in development. */
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | null
  /** Reverse proxies (CIDR) whose X-Forwarded-For is believed, for the address in logs and counters only. */
  readonly trustedProxies: readonly string[]
  readonly readyWhen: readonly HealthCheck[]
  /** Answers what the router itself refuses, such as an address that is not properly encoded. */
  readonly frameworkErrors?: NonNullable<FastifyServerOptions['frameworkErrors']>
}

/** Forms are small; uploads and Graph set limits of their own on their routes. */
const FORM_LIMIT_BYTES = 64 * 1024
const REQUEST_TIMEOUT_MILLISECONDS = 60_000

/**
 * The HTTP server without any route of the product: request ids, one log line per request, forms as
 * `URLSearchParams`, health and metrics, the pages' assets. Scheme and host of requests are never read: links come
 * from configuration.
 */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const { ids, log, metrics } = options
  const app = build(options)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )

  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const durationSeconds = reply.elapsedTime / 1000
    const route = request.routeOptions.url ?? 'unmatched'
    metrics.observeRequest({ method: request.method, route, status: reply.statusCode, durationSeconds })
    // Probes come every few seconds and say nothing.
    if (route === '/healthz' || route === '/readyz' || route === '/metrics') return
    const { statusCode: status } = reply
    const fields = {
      requestId: request.id,
      method: request.method,
      url: safeUrl(request.url),
      status,
      durationMilliseconds: Math.round(reply.elapsedTime),
      ip: request.ip,
    }
    if (status >= 500) log.error(fields, 'request failed')
    else log.info(fields, 'request')
  })

  app.get('/healthz', async () => liveness())
  app.get('/readyz', async (_request, reply) => {
    const health = await readiness(options.readyWhen, (check, error) =>
      log.warn({ check, error }, 'not ready'),
    )
    return reply.status(health.status === 'up' ? 200 : 503).send(health)
  })
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics.read()
    return reply.header('content-type', contentType).send(text)
  })
  for (const asset of assets.values()) {
    app.get(asset.path, async (_request, reply) => reply.headers(asset.headers).send(asset.body))
  }
  return app

  function build({ tls, trustedProxies, frameworkErrors }: HttpOptions): FastifyInstance {
    const settings = {
      logger: false as const,
      genReqId: () => ids.guid(),
      trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
      requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      bodyLimit: FORM_LIMIT_BYTES,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2_000 },
      ...(frameworkErrors === undefined ? {} : { frameworkErrors }),
      return503OnClosing: true,
      forceCloseConnections: 'idle' as const,
    }
    // The two kinds of server differ in type only; nothing above HTTP tells them apart.
    return tls === null
      ? fastify(settings)
      : (fastify({ ...settings, https: { key: tls.key, cert: tls.cert } }) as unknown as FastifyInstance)
  }
}
