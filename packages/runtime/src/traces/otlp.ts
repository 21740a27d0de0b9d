import { setTimeout as delay } from 'node:timers/promises'
import {
  type Context,
  context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import { BullMQOtel } from 'bullmq-otel'
import type { Log } from '../log/index.ts'
import type { Traces } from './traces.ts'

export interface OtlpOptions {
  /** Spans go to `<endpoint>/v1/traces` as OTLP over HTTP. */
  readonly endpoint: string
  readonly service: string
  /** Of the traces that begin here, how many are recorded. */
  readonly ratio: number
  readonly log: Log
}

const STOP_LIMIT_MS = 2000
const WARN_EVERY_MS = 60_000
const NAME = 'botcriptofy'

/** Records spans and delivers them in batches; what a collector that is away does not take is dropped. */
export const startOtlp = (options: OtlpOptions): Traces => {
  const warn = warnNowAndThen(options.log)
  const ignore = () => undefined
  diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN)
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service }),
    sampler: new ParentBasedSampler({ root: rootSampler(options.ratio) }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  })
  provider.register()
  const tracer = trace.getTracer(NAME)
  return {
    telemetry: new BullMQOtel({ tracerName: NAME }),
    startRequest: ({ method, route, traceparent }) => {
      const attributes = { 'http.request.method': method, 'http.route': route }
      const parent = contextOf(traceparent)
      const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
      return {
        traceparent: traceparentOf(trace.setSpan(parent, span)),
        note: (noted) => void span.setAttributes(noted),
        end: (status) => {
          span.setAttribute('http.response.status_code', status)
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    isRecorded: (traceparent) => {
      const parent = traceparent === null ? undefined : trace.getSpanContext(contextOf(traceparent))
      return parent !== undefined && (parent.traceFlags & TraceFlags.SAMPLED) !== 0
    },
    follow: (traceparent, { name, startMs }, work) => {
      const parent = contextOf(traceparent)
      const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: startMs }, parent)
      return runIn(span, parent, work)
    },
    span: (name, attributes, work) =>
      runIn(tracer.startSpan(name, { attributes: { ...attributes } }), context.active(), work),
    stop: async () => {
      const limit = new AbortController()
      await Promise.race([
        provider.shutdown().catch((error: unknown) => warn(String(error))),
        delay(STOP_LIMIT_MS, undefined, { signal: limit.signal, ref: false }).catch(() => undefined),
      ])
      limit.abort()
    },
  }
}

/** A trace begins with a request or with jobs, never with what BullMQ does to keep house. */
const rootSampler = (ratio: number): Sampler => {
  const byRatio = new TraceIdRatioBasedSampler(ratio)
  return {
    shouldSample: (...[parent, traceId, , kind]) =>
      kind === SpanKind.INTERNAL
        ? { decision: SamplingDecision.NOT_RECORD }
        : byRatio.shouldSample(parent, traceId),
    toString: () => `requests and jobs, ${ratio}`,
  }
}

const contextOf = (traceparent: string | undefined): Context =>
  traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })

const traceparentOf = (of: Context): string => {
  const carrier: { traceparent?: string } = {}
  propagation.inject(of, carrier)
  return carrier.traceparent ?? ''
}

const runIn = async <T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> => {
  try {
    return await context.with(trace.setSpan(parent, span), work)
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

/** A collector that is away is told of once a minute, however many batches it misses. */
const warnNowAndThen = (log: Log): ((reason: string) => void) => {
  let warnedMs = -Infinity
  return (reason) => {
    if (performance.now() - warnedMs < WARN_EVERY_MS) return
    warnedMs = performance.now()
    log.warn({ reason: reason.slice(0, 300) }, 'traces are not delivered')
  }
}
