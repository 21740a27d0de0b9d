import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** One registry a process, with Node's own figures and a label that tells the process. */
export const createMetrics = (process: string): Registry => {
  const registry = new Registry()
  registry.setDefaultLabels({ process })
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Seconds from one millisecond to ten minutes. */
export const DURATION_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600]

export const jobMetrics = (registry: Registry) => ({
  processed: new Counter({
    name: 'botcriptofy_jobs_total',
    help: 'Jobs handled, by name and outcome',
    labelNames: ['job', 'outcome'],
    registers: [registry],
  }),
  waited: new Histogram({
    name: 'botcriptofy_job_wait_seconds',
    help: 'From the moment a job was added to the moment a worker took it',
    labelNames: ['job'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  }),
  took: new Histogram({
    name: 'botcriptofy_job_duration_seconds',
    help: 'From the moment a worker took a job to its end',
    labelNames: ['job'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  }),
})

export const outboxMetrics = (registry: Registry, oldestUnsentSeconds: () => Promise<number>) => ({
  forwarded: new Counter({
    name: 'botcriptofy_outbox_forwarded_total',
    help: 'Jobs moved from the outbox to BullMQ',
    registers: [registry],
  }),
  lag: new Gauge({
    name: 'botcriptofy_outbox_lag_seconds',
    help: 'Age of the oldest job that is not in BullMQ yet',
    registers: [registry],
    async collect() {
      // Unknown while Postgres is away, when the other figures are wanted most.
      this.set(await oldestUnsentSeconds().catch(() => Number.NaN))
    },
  }),
})

export const httpMetrics = (registry: Registry) => ({
  took: new Histogram({
    name: 'botcriptofy_http_request_seconds',
    help: 'From the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  }),
})
