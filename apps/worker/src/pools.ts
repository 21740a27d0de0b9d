import { jobCatalog } from '@botcriptofy/contracts/catalog'
import type { Log } from '@botcriptofy/runtime/log'
import { jobMetrics, type Registry, runMetrics, threadMetrics } from '@botcriptofy/runtime/metrics'
import { startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import type { Traces } from '@botcriptofy/runtime/traces'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { openBacktestThreads } from './backtest/thread-pool.ts'
import { DatasetCache } from './candles/dataset-cache.ts'
import type { WorkerConfig } from './config.ts'
import { handlersOf } from './handlers.ts'
import { startCancelWatch } from './sweep/cancel-watch.ts'

const QUEUE = jobCatalog['sweep.chunk'].queue
const jobsOf = (queue: string) =>
  Object.entries(jobCatalog).flatMap(([name, job]) => (job.queue === queue ? [name] : []))

export interface PoolOptions {
  readonly database: OpenDatabase
  readonly redisUrl: string
  readonly config: WorkerConfig
  /** As of `startJobWorker`. */
  readonly lockMs?: number | undefined
  readonly registry: Registry
  readonly traces?: Traces | undefined
  readonly log: Log
}

/** The backtest queue's worker, its threads and its candles. */
export const startPools = (options: PoolOptions): { readonly stop: () => Promise<void> } => {
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
  const worker = startJobWorker({
    queue: QUEUE,
    catalog: jobCatalog,
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
    // One more than the threads: while a chunk waits for Postgres another computes.
    concurrency: threads.threads + 1,
    lockMs: options.lockMs,
    telemetry: options.traces?.telemetry,
    log,
    observe: jobs.observe,
  })
  return {
    stop: async () => {
      // Waits for the chunks in hand; they are short, and their results are kept.
      await worker.close()
      await cancelWatch.stop()
      await threads.close()
      connection.disconnect()
    },
  }
}
