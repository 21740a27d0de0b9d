import type { Queue } from 'bullmq'
import type { JobDefinition } from '@botcriptofy/contracts/job'
import type { Log } from '../log/index.ts'
import { noTraces, type Traces } from '../traces/index.ts'
import { type Listen, startWokenLoop } from './woken-loop.ts'

/** A job on its way to BullMQ. */
export interface OutboxJob {
  readonly id: string
  readonly queue: string
  readonly name: string
  readonly payload: unknown
  readonly priority: number
  readonly generation: number
  /** What the job id is to be; null: made of the row's id. */
  readonly jobKey: string | null
  /** Of the request that asked for it; null: nothing was traced. */
  readonly traceparent: string | null
  readonly createdAtMs: number
}

export interface OutboxPort {
  /**
   * Claims up to `limit` unsent jobs (FOR UPDATE SKIP LOCKED), hands them to `send`, and marks them sent only when it
   * resolves, all in one transaction. Returns how many there were. The rows are locked meanwhile, so `send` has to end
   * soon also when Redis is away: its connection is one that fails and not one that waits.
   */
  readonly forward: (limit: number, send: (jobs: readonly OutboxJob[]) => Promise<void>) => Promise<number>
  readonly listen: Listen
}

export interface RelayOptions {
  readonly outbox: OutboxPort
  readonly queueFor: (name: string) => Queue
  readonly catalog: Readonly<Record<string, JobDefinition>>
  readonly log: Log
  readonly traces?: Traces | undefined
  readonly onForwarded?: ((count: number) => void) | undefined
}

/** BullMQ refuses ':' in custom ids; this one is the outbox row, or its key, and how often it was sent on purpose. */
export const jobIdOf = ({
  id,
  generation,
  jobKey = null,
}: Pick<OutboxJob, 'id' | 'generation'> & Partial<Pick<OutboxJob, 'jobKey'>>): string => {
  if (jobKey === null) return `${id}-${generation}`
  return generation === 0 ? jobKey : `${jobKey}-${generation}`
}

const BATCH = 500
const POLL_MS = 1000

/**
 * Moves jobs from the outbox to BullMQ, at least once: a crash between adding and marking sends a job again under the
 * same id, which BullMQ ignores while the first is known, and which effect rows make harmless when it is not.
 */
export const startRelay = (options: RelayOptions): { readonly stop: () => Promise<void> } =>
  startWokenLoop({
    name: 'relay',
    listen: options.outbox.listen,
    pollMs: POLL_MS,
    log: options.log,
    turn: async () => (await forwardBatch(options)) === BATCH,
  })

/** One batch; exported because a test kills the process between its two halves. */
export const forwardBatch = async ({
  outbox,
  queueFor,
  catalog,
  traces = noTraces,
  onForwarded,
}: RelayOptions): Promise<number> => {
  const count = await outbox.forward(BATCH, async (jobs) => {
    for (const queue of new Set(jobs.map((job) => job.queue))) {
      const members = jobs.filter((job) => job.queue === queue)
      await addJobs(queueFor(queue), members, { catalog, traces })
    }
  })
  if (count > 0) onForwarded?.(count)
  return count
}

/** Together, but for jobs whose trace is recorded: the time in the outbox and the adding belong to the trace of each. */
const addJobs = async (
  queue: Queue,
  jobs: readonly OutboxJob[],
  { catalog, traces }: { readonly catalog: RelayOptions['catalog']; readonly traces: Traces },
): Promise<void> => {
  const rest = jobs.filter(({ traceparent }) => !traces.isRecorded(traceparent))
  if (rest.length > 0) await queue.addBulk(rest.map((job) => queueJobOf(job, catalog)))
  const addTraced = async (job: OutboxJob) => {
    if (job.traceparent === null || !traces.isRecorded(job.traceparent)) return
    const { name, data, opts } = queueJobOf(job, catalog)
    const span = { name: `outbox ${name}`, startMs: job.createdAtMs }
    await traces.follow(job.traceparent, span, () => queue.add(name, data, opts))
  }
  await Promise.all(jobs.map(addTraced))
}

const queueJobOf = (job: OutboxJob, catalog: RelayOptions['catalog']) => ({
  name: job.name,
  data: job.payload,
  opts: {
    jobId: jobIdOf(job),
    priority: job.priority,
    attempts: catalog[job.name]?.attempts ?? 1,
    backoff: { type: 'exponential', delay: catalog[job.name]?.backoffMs ?? 1000, jitter: 0.5 },
    sizeLimit: 4096,
    // What BullMQ's own tracing reads: workers that trace go on with it whether this process traces or not.
    ...(job.traceparent === null
      ? {}
      : { telemetry: { metadata: JSON.stringify({ traceparent: job.traceparent }) } }),
  },
})
