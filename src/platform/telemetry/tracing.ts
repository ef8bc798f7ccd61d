import type { Attributes, ContextManager, Span, TextMapPropagator, TracerProvider } from '@opentelemetry/api'
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Logger } from './log.ts'

export interface TracingOptions {
  /** OTLP over HTTP, e.g. `http://collector:4318`; `null` makes no traces and loads nothing. */
  readonly endpoint: string | null
  readonly serviceName: string
  readonly serviceVersion: string
  readonly log: Logger
  /** How the SDK is found; for tests. */
  readonly load?: (name: string) => Promise<unknown>
}

export interface Tracing {
  /** Sends what is still waiting; call it last. */
  shutdown(): Promise<void>
}

const NO_TRACING: Tracing = { shutdown: async () => {} }

/**
 * The SDK is 20 MB that most installations never use, so it is no dependency: it is loaded only when an endpoint
 * is configured. Missing packages are a warning, not a failure to start.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint, log } = options
  if (endpoint === null) return NO_TRACING
  const load = options.load ?? ((name: string): Promise<unknown> => import(name))
  try {
    const tracing = await register(endpoint, options, load)
    log.info({ endpoint }, 'Traces are sent to the OTLP endpoint')
    return tracing
  } catch (error) {
    log.warn(
      { endpoint, error, install: `npm install ${SDK_PACKAGES.join(' ')}` },
      'No traces are made: the OpenTelemetry SDK is not installed or does not fit',
    )
    return NO_TRACING
  }
}

/**
 * Runs the work inside a span; without an SDK this costs next to nothing. `carrier` are the headers of an incoming
 * request whose caller may already have begun a trace. Attributes must hold no secrets: use `safeUrl`.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  carrier?: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<T> {
  const parent = carrier === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, carrier)
  return trace.getTracer('xenia').startActiveSpan(name, { attributes }, parent, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      // Only the kind: messages may name people.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'thrown' })
      throw error
    } finally {
      span.end()
    }
  })
}

/** Versions that were tried together with @opentelemetry/api 1.10.0; `@opentelemetry/core` comes with them. */
export const SDK_PACKAGES = [
  '@opentelemetry/sdk-trace@3.1.1',
  '@opentelemetry/resources@3.1.1',
  '@opentelemetry/core@3.1.1',
  '@opentelemetry/context-async-hooks@3.1.1',
  '@opentelemetry/exporter-trace-otlp-proto@0.301.1',
] as const

async function register(
  endpoint: string,
  options: TracingOptions,
  load: (name: string) => Promise<unknown>,
): Promise<Tracing> {
  // The packages may be absent, so their types are unknown here; the interface below states what is used, and a
  // version that differs ends in the warning above.
  const parts = await Promise.all(SDK_PACKAGES.map((name) => load(name.slice(0, name.lastIndexOf('@')))))
  const sdk = Object.assign({}, ...parts) as Sdk
  const exporter = new sdk.OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new sdk.TracerProvider({
    resource: sdk.resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
    }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
  })
  const contexts = new sdk.AsyncLocalStorageContextManager()
  contexts.enable()
  context.setGlobalContextManager(contexts)
  propagation.setGlobalPropagator(new sdk.W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return {
    async shutdown() {
      await provider.shutdown()
      for (const api of [trace, context, propagation]) api.disable()
    },
  }
}

/** The part of the SDK that is used. */
interface Sdk {
  readonly OTLPTraceExporter: new (options: { readonly url: string }) => object
  readonly BatchSpanProcessor: new (options: { readonly exporter: object }) => object
  readonly TracerProvider: new (options: {
    readonly resource: object
    readonly spanProcessors: readonly object[]
  }) => TracerProvider & { shutdown(): Promise<void> }
  readonly AsyncLocalStorageContextManager: new () => ContextManager
  readonly W3CTraceContextPropagator: new () => TextMapPropagator
  resourceFromAttributes(attributes: Attributes): object
}
