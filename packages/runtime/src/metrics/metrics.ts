import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'
import { liveGauge, sampled } from './live-gauge.ts'

/** One registry a process, with Node's own figures and a label that tells the process. */
export const createMetrics = (process: string): Registry => {
  const registry = new Registry()
  registry.setDefaultLabels({ process })
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Seconds from one millisecond to ten minutes. */
export const DURATION_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600]

/** One delivery of a job, as its worker saw it. */
export interface ObservedJob {
  readonly name: string
  readonly outcome: 'completed' | 'failed' | 'postponed'
  /** From the moment it was added; undefined when it was tried before. */
  readonly waitedMs: number | undefined
  readonly tookMs: number
}

const jobCollectors = (registry: Registry) => ({
  processed: new Counter({
    name: 'botcriptofy_jobs_total',
    help: 'Jobs handled, by queue, name and outcome (completed, failed, postponed)',
    labelNames: ['queue', 'job_name', 'outcome'],
    registers: [registry],
  }),
  waited: new Histogram({
    name: 'botcriptofy_job_wait_seconds',
    help: 'From the moment a job was added to BullMQ to the moment a worker took it for the first time',
    labelNames: ['queue', 'job_name'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  }),
  took: new Histogram({
    name: 'botcriptofy_job_duration_seconds',
    help: 'From the moment a worker took a job to its end',
    labelNames: ['queue', 'job_name'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  }),
})

/** The queues that one process serves share their metrics. */
const collectorsOf = new WeakMap<Registry, ReturnType<typeof jobCollectors>>()

/**
 * The jobs of one queue; those that it may have are named, so that what never happened reads 0. Their label is not `job`,
 * which Prometheus gives to its targets and would take from ours.
 */
export const jobMetrics = (
  registry: Registry,
  { queue, names }: { readonly queue: string; readonly names: readonly string[] },
): { readonly observe: (job: ObservedJob) => void } => {
  const collectors = collectorsOf.get(registry) ?? jobCollectors(registry)
  collectorsOf.set(registry, collectors)
  const { processed, waited, took } = collectors
  for (const job_name of names) {
    waited.zero({ queue, job_name })
    took.zero({ queue, job_name })
    for (const outcome of ['completed', 'failed', 'postponed']) processed.inc({ queue, job_name, outcome }, 0)
  }
  return {
    observe: ({ name: job_name, outcome, waitedMs, tookMs }) => {
      processed.inc({ queue, job_name, outcome })
      if (waitedMs !== undefined) waited.observe({ queue, job_name }, waitedMs / 1000)
      took.observe({ queue, job_name }, tookMs / 1000)
    },
  }
}

/** What has not reached BullMQ yet; for all processes together. */
export const outboxLagMetric = (registry: Registry, oldestUnsentSeconds: () => Promise<number>): void => {
  const oldest = sampled(oldestUnsentSeconds)
  liveGauge(registry, {
    name: 'outbox_lag_seconds',
    help: 'Age of the oldest job that is not in BullMQ yet',
    // Unknown while Postgres is away, when the other figures are wanted most.
    read: async () => [{ value: (await oldest()) ?? Number.NaN }],
  })
}

/** What this process did for the delivery of jobs; `names` are those there are. */
export const deliveryMetrics = (registry: Registry, names: readonly string[]) => {
  const forwarded = new Counter({
    name: 'botcriptofy_outbox_forwarded_total',
    help: 'Jobs moved from the outbox to BullMQ',
    registers: [registry],
  })
  const givenUp = new Counter({
    name: 'botcriptofy_jobs_given_up_total',
    help: 'Jobs that ended without an effect, whose work was written down as failed, by name',
    labelNames: ['job_name'],
    registers: [registry],
  })
  for (const job_name of names) givenUp.inc({ job_name }, 0)
  return {
    onForwarded: (count: number) => forwarded.inc(count),
    onGivenUp: (job_name: string) => givenUp.inc({ job_name }),
  }
}

export const httpMetrics = (registry: Registry) => ({
  took: new Histogram({
    name: 'botcriptofy_http_request_seconds',
    help: 'From the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  }),
})
