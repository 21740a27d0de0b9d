import { DelayedError, type Job, type Telemetry, UnrecoverableError, Worker } from 'bullmq'
import type { Handlers, JobContext, JobDefinition } from '@botcriptofy/contracts/job'
import type { Log } from '../log/index.ts'
import type { ObservedJob } from '../metrics/index.ts'
import type { Redis } from '../redis/index.ts'
import { queuePrefix } from './queue.ts'
import { slotsName } from './slots.ts'

/** A failure that no retry can heal; the job ends in the failed set at once. */
export class Unhealable extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Nothing is wrong with the job, but what it needs is away; it is tried again later and the try does not count. */
export class TryLater extends Error {}

export interface JobWorkerOptions<Catalog extends Record<string, JobDefinition>> {
  readonly queue: string
  readonly catalog: Catalog
  readonly handlers: Handlers<Catalog>
  readonly connection: Redis
  readonly namespace?: string | undefined
  readonly concurrency: number
  readonly telemetry?: Telemetry | undefined
  /** How long a lock lives without renewal; tests that kill workers shorten it. */
  readonly lockMs?: number | undefined
  /** A job that took down this many workers fails instead of being handed on; 0: it is never handed on. */
  readonly maxStalledCount?: number | undefined
  readonly log: Log
  readonly observe?: ((job: ObservedJob) => void) | undefined
}

/** A dead worker's job is handed on after at most lockDuration plus two stalled checks. */
const LOCK_DURATION_MS = 10_000
/** Of the duration of a lock. */
const STALLED_CHECK = 0.3
/** More than so many, and it is poison. */
const MAX_STALLED_COUNT = 3

/** Between the tries of a job that waits for something to return. */
const POSTPONE_MS = 2000

/** Runs the handlers of one queue; payloads are validated before a handler sees them. */
export const startJobWorker = <Catalog extends Record<string, JobDefinition>>(
  options: JobWorkerOptions<Catalog>,
): Worker => {
  // Exactly three named parameters: BullMQ creates the abort signal only for such a processor.
  const processor = async (job: Job, token?: string, signal?: AbortSignal) => {
    const started = Date.now()
    const observe = (outcome: ObservedJob['outcome']) =>
      options.observe?.({
        name: job.name,
        outcome,
        waitedMs: job.attemptsStarted > 1 ? undefined : started - job.timestamp,
        tookMs: Date.now() - started,
      })
    try {
      const summary = await runHandler(options, job, signal)
      observe('completed')
      return summary
    } catch (error) {
      if (error instanceof TryLater) {
        options.log.warn({ err: error, jobId: job.id, job: job.name }, 'job is postponed')
        await job.moveToDelayed(Date.now() + POSTPONE_MS * (1 + Math.random()), token)
        observe('postponed')
        throw new DelayedError()
      }
      observe('failed')
      if (error instanceof Unhealable) throw new UnrecoverableError(`${error.code}: ${error.message}`)
      throw error
    }
  }
  const worker = new Worker(options.queue, processor, {
    connection: options.connection,
    prefix: queuePrefix(options.queue, options.namespace),
    name: slotsName(options.concurrency),
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
    concurrency: options.concurrency,
    lockDuration: options.lockMs ?? LOCK_DURATION_MS,
    stalledInterval: (options.lockMs ?? LOCK_DURATION_MS) * STALLED_CHECK,
    maxStalledCount: options.maxStalledCount ?? MAX_STALLED_COUNT,
  })
  worker.on('error', (error) => options.log.warn({ err: error, queue: options.queue }, 'queue connection'))
  worker.on('failed', (job, error) =>
    options.log.warn({ jobId: job?.id, job: job?.name, reason: error.message }, 'job failed'),
  )
  worker.on('stalled', (jobId) => options.log.warn({ jobId }, 'job of a dead worker is handed on'))
  worker.on('lockRenewalFailed', (jobIds: string[]) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'lock lost')
  })
  return worker
}

const runHandler = async <Catalog extends Record<string, JobDefinition>>(
  options: JobWorkerOptions<Catalog>,
  job: Job,
  signal: AbortSignal | undefined,
) => {
  const definition = options.catalog[job.name]
  const handler = options.handlers[job.name]
  if (definition === undefined || handler === undefined) {
    throw new Unhealable('UNKNOWN_JOB', `this worker has no job named ${job.name}`)
  }
  const payload = definition.payload.safeParse(job.data)
  if (!payload.success) {
    throw new Unhealable(
      'BAD_PAYLOAD',
      payload.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
    )
  }
  return handler(payload.data as never, jobContext(job, signal ?? new AbortController().signal))
}

const jobContext = (job: Job, signal: AbortSignal): JobContext => {
  const jobId = job.id ?? ''
  return {
    jobId,
    outboxId: jobId.slice(0, jobId.lastIndexOf('-')),
    signal,
    stalls: job.stalledCounter,
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    reportProgress: (progress) => job.updateProgress({ ...progress }),
  }
}
