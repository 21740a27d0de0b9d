import type { Telemetry } from 'bullmq'

/** What a span tells; never a secret, a query string or a body. */
export type SpanAttributes = Readonly<Record<string, string | number>>

/** A request that is being answered. */
export interface TracedRequest {
  /** Names its span (W3C Trace Context), so that what it asks for can go on under it. */
  readonly traceparent: string
  readonly note: (attributes: SpanAttributes) => void
  readonly end: (status: number) => void
}

/** What of the requests and jobs of a process is told to a collector of traces. */
export interface Traces {
  /** For BullMQ's queues and workers, whose jobs then carry their trace. */
  readonly telemetry: Telemetry | undefined
  readonly startRequest: (request: {
    readonly method: string
    /** The pattern, not the path. */
    readonly route: string
    readonly traceparent: string | undefined
  }) => TracedRequest | undefined
  /** Whether spans under this one are recorded. */
  readonly isRecorded: (traceparent: string | null) => boolean
  /** Does the work in a span that goes on a trace from elsewhere. */
  readonly follow: <T>(
    traceparent: string,
    span: { readonly name: string; readonly startMs: number },
    work: () => Promise<T>,
  ) => Promise<T>
  /** Does the work in a span under the present one. */
  readonly span: <T>(name: string, attributes: SpanAttributes, work: () => Promise<T>) => Promise<T>
  /** Delivers what has not been delivered yet, for two seconds at most. */
  readonly stop: () => Promise<void>
}

/** Nothing is traced, and nothing costs anything. */
export const noTraces: Traces = {
  telemetry: undefined,
  startRequest: () => undefined,
  isRecorded: () => false,
  follow: (_traceparent, _span, work) => work(),
  span: (_name, _attributes, work) => work(),
  stop: async () => undefined,
}
