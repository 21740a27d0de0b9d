import type { Queue } from 'bullmq'
import type { Registry } from 'prom-client'
import { readMemory, type Redis } from '../redis/index.ts'
import { liveGauge, sampled } from './live-gauge.ts'

/** As much of a pool of connections as its metrics ask. */
export interface PostgresPool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly options: { readonly max?: number | undefined }
  readonly query: (sql: string) => Promise<unknown>
}

/** The pool of this process, and whether the server behind it answers. */
export const postgresMetrics = (registry: Registry, pool: PostgresPool): void => {
  const ping = sampled(async () => pool.query('select 1'))
  liveGauge(registry, {
    name: 'postgres_up',
    help: '1: Postgres answers this process, 0: it does not',
    read: async () => [{ value: (await ping()) === undefined ? 0 : 1 }],
  })
  liveGauge(registry, {
    name: 'postgres_connections',
    help: 'Connections of this process to Postgres, by state (busy, idle)',
    labelNames: ['state'],
    read: () => [
      { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
      { labels: { state: 'idle' }, value: pool.idleCount },
    ],
  })
  liveGauge(registry, {
    name: 'postgres_connections_max',
    help: 'Connections to Postgres that this process may open',
    read: () => [{ value: pool.options.max ?? Number.NaN }],
  })
  liveGauge(registry, {
    name: 'postgres_waiting_callers',
    help: 'Callers in this process that wait for a connection to Postgres',
    read: () => [{ value: pool.waitingCount }],
  })
}

/** What is asked of a connection that is not ready would wait, and be answered when nobody wants it any more. */
const requireReady = (redis: Redis): void => {
  if (redis.status !== 'ready') throw new Error('Redis is away')
}

export const redisMetrics = (registry: Registry, redis: Redis): void => {
  const memory = sampled(async () => {
    requireReady(redis)
    return readMemory(redis)
  })
  liveGauge(registry, {
    name: 'redis_up',
    help: '1: Redis answers this process, 0: it does not',
    read: async () => [{ value: (await memory()) === undefined ? 0 : 1 }],
  })
  liveGauge(registry, {
    name: 'redis_memory_used_bytes',
    help: 'Memory that Redis uses',
    read: async () => [{ value: (await memory())?.usedBytes ?? Number.NaN }],
  })
  liveGauge(registry, {
    name: 'redis_memory_max_bytes',
    help: 'Memory that Redis may use; 0: as much as there is',
    read: async () => [{ value: (await memory())?.maxBytes ?? Number.NaN }],
  })
}

/** Whether jobs are added to Redis, or wait in Postgres because it is nearly full. */
export const admissionMetric = (registry: Registry, isOpen: () => boolean): void => {
  liveGauge(registry, {
    name: 'admission_open',
    help: '1: this process adds jobs to Redis, 0: it holds them back in Postgres, because Redis is nearly full',
    read: () => [{ value: isOpen() ? 1 : 0 }],
  })
}

/** The queues as BullMQ counts them, for all processes together: whoever exports them says the same. */
export const queueMetrics = (
  registry: Registry,
  { queues, redis }: { readonly queues: readonly Queue[]; readonly redis: Redis },
): void => {
  const read = sampled(() =>
    Promise.all(
      queues.map(async (queue) => {
        requireReady(redis)
        const [counts, oldestSeconds] = await Promise.all([queue.getJobCounts(), oldestWaitingSeconds(queue)])
        return { queue: queue.name, counts, oldestSeconds }
      }),
    ),
  )
  liveGauge(registry, {
    name: 'queue_jobs',
    help: 'Jobs in BullMQ, by queue and state',
    labelNames: ['queue', 'state'],
    read: async () =>
      (await read())?.flatMap(({ queue, counts }) =>
        Object.entries(counts).map(([state, value]) => ({ labels: { queue, state }, value })),
      ),
  })
  liveGauge(registry, {
    name: 'queue_oldest_waiting_seconds',
    help: 'Time since the job was added that has waited longest in BullMQ, 0: none waits',
    labelNames: ['queue'],
    read: async () =>
      (await read())?.map(({ queue, oldestSeconds }) => ({ labels: { queue }, value: oldestSeconds })),
  })
}

/** Both lists are in the order in which workers take from them, so that the head of each has waited longest in it. */
const oldestWaitingSeconds = async (queue: Queue): Promise<number> => {
  const heads = await Promise.all(
    (['wait', 'prioritized'] as const).map((state) => queue.getJobs([state], 0, 0, true)),
  )
  const [job] = heads.flat().toSorted((a, b) => a.timestamp - b.timestamp)
  return job === undefined ? 0 : Math.max(0, (Date.now() - job.timestamp) / 1000)
}
