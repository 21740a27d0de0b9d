import type { z } from 'zod'

/**
 * A kind of job: its queue, the zod schema of its payload, and how often a failure that can heal is tried again.
 * Payloads carry ids and `v`; the row in Postgres holds the truth. A handler accepts `v` and `v - 1`.
 */
export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  readonly queue: string
  readonly payload: Payload
  /** Tries in all, the first one included. */
  readonly attempts: number
  /** First delay of the exponential back-off, ms. */
  readonly backoffMs: number
}

export const defineJob = <Payload extends z.ZodType>(
  definition: JobDefinition<Payload>,
): JobDefinition<Payload> => definition

export type JobPayload<Definition> =
  Definition extends JobDefinition<infer Payload> ? z.infer<Payload> : never

/** What a handler may know about its delivery. */
export interface JobContext {
  /** `<outboxId>-<generation>`. */
  readonly jobId: string
  readonly outboxId: string
  /** Aborts when the worker drains, the lock is lost or the work is cancelled. */
  readonly signal: AbortSignal
  /** How many workers died, or lost their lock, while they held this job. */
  readonly stalls: number
  /** True when a failure now would be the last try. */
  readonly isLastAttempt: boolean
  readonly reportProgress: (progress: { readonly done: number; readonly total: number }) => Promise<void>
}

/** A table that must name every job of the catalog: a job without a handler does not compile. */
export type Handlers<Catalog extends Record<string, JobDefinition>> = {
  readonly [Name in keyof Catalog]: (
    payload: JobPayload<Catalog[Name]>,
    context: JobContext,
  ) => Promise<Record<string, string | number | boolean>>
}
