import { hostname } from 'node:os'
import { backtestJobs } from '@botcriptofy/contracts/catalog'
import { ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import type { Log } from '@botcriptofy/runtime/log'
import {
  jobMetrics,
  type Registry,
  runMetrics,
  type ThreadLoad,
  threadMetrics,
} from '@botcriptofy/runtime/metrics'
import { openQueue, startJobWorker, type Worker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import type { Traces } from '@botcriptofy/runtime/traces'
import { newId, type OpenDatabase } from '@botcriptofy/store/database'
import { openBacktestThreads } from './backtest/thread-pool.ts'
import { DatasetCache } from './candles/dataset-cache.ts'
import type { WorkerConfig } from './config.ts'
import { handlersOf } from './handlers.ts'
import { startPresence } from './presence.ts'
import { startPulse } from './pulse.ts'
import { startCancelWatch } from './sweep/cancel-watch.ts'

const QUEUE = backtestJobs['sweep.chunk'].queue
const jobsOf = (queue: string) =>
  Object.entries(backtestJobs).flatMap(([name, job]) => (job.queue === queue ? [name] : []))

/** What the bots of a process are told is nothing to the backtests. */
type OtherVariable = Extract<keyof WorkerConfig, `BOT_${string}` | `ARCHIVE_${string}` | `${string}_REST_URL`>

export interface PoolOptions {
  readonly database: OpenDatabase
  readonly redisUrl: string
  readonly config: Omit<WorkerConfig, OtherVariable>
  /** As of `startJobWorker`. */
  readonly lockMs?: number | undefined
  readonly registry: Registry
  readonly traces?: Traces | undefined
  readonly log: Log
}

export interface Pools {
  /** As of the pulse. */
  readonly idleMs: () => number
  readonly stop: () => Promise<void>
}

/** The backtest queue's worker, its threads and its candles. */
export const startPools = (options: PoolOptions): Pools => {
  const { database, config, log } = options
  const runLimitSeconds = config.BACKTEST_RUN_LIMIT_SECONDS
  const threads = openBacktestThreads({
    threads: config.BACKTEST_THREADS,
    indicatorModules: config.INDICATOR_MODULES,
    ...(runLimitSeconds === undefined ? {} : { runLimitMs: runLimitSeconds * 1000 }),
  })
  const datasets = new DatasetCache({ pool: database.pool, limitBytes: config.CANDLE_CACHE_BYTES })
  const cancelWatch = startCancelWatch(database.db, log)
  const connection = createRedis(options.redisUrl, 'blocking')
  connection.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const jobs = jobMetrics(options.registry, { queue: QUEUE, names: jobsOf(QUEUE) })
  const runs = runMetrics(options.registry)
  threadMetrics(options.registry, threads.load)
  // One more than the threads: while a chunk waits for Postgres another computes.
  const slots = threads.threads + 1
  const worker = startJobWorker({
    queue: QUEUE,
    catalog: backtestJobs,
    handlers: handlersOf({
      db: database.db,
      datasets,
      threads,
      cancelWatch,
      observeRuns: runs.observe,
      traces: options.traces,
    }),
    connection,
    namespace: config.QUEUE_NAMESPACE,
    concurrency: slots,
    lockMs: options.lockMs,
    telemetry: options.traces?.telemetry,
    log,
    observe: jobs.observe,
  })
  const watch = watchPool(options, { worker, slots, isBusy: () => isFull(threads.load()) })
  return {
    idleMs: watch.idleMs,
    stop: async () => {
      // Before its last chunks end: it takes no more.
      await watch.stop()
      // Waits for the chunks in hand; they are short, and their results are kept.
      await worker.close()
      await cancelWatch.stop()
      await threads.close()
      connection.disconnect()
    },
  }
}

const isFull = ({ threads, busy }: ThreadLoad): boolean => busy === threads

/** Feels the pulse of the pool over a connection that is not its own, and tells of it. */
const watchPool = (
  { database, redisUrl, config, log }: PoolOptions,
  pool: { readonly worker: Worker; readonly slots: number; readonly isBusy: () => boolean },
) => {
  const { worker, slots, isBusy } = pool
  const connection = createRedis(redisUrl, 'command')
  connection.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const queue = openQueue(QUEUE, { connection, namespace: config.QUEUE_NAMESPACE })
  const pulse = startPulse({ queue: () => queue, isBusy, log })
  worker.on('active', pulse.beat)
  const who = { id: newId(), queue: QUEUE, host: hostname(), pid: process.pid, slots }
  const { db } = database
  const { idleMs } = pulse
  const presence = startPresence({ db, pool: { ...who, engineRevision: ENGINE_REVISION }, idleMs, log })
  return {
    idleMs,
    stop: async () => {
      await Promise.all([pulse.stop(), presence.stop()])
      await queue.close()
      connection.disconnect()
    },
  }
}
