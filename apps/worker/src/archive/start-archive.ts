import { candleJobs } from '@botcriptofy/contracts/candles'
import type { Log } from '@botcriptofy/runtime/log'
import { archiveMetrics, jobMetrics, type Registry } from '@botcriptofy/runtime/metrics'
import { startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis, type Redis } from '@botcriptofy/runtime/redis'
import type { Traces } from '@botcriptofy/runtime/traces'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { startArchiver } from './archiver.ts'
import { backfillHandlers } from './backfill.jobs.ts'
import { openVenueHistory, type VenueHistoryOptions } from './venue-history.ts'

export interface ArchiveSettings extends VenueHistoryOptions {
  /** Between two turns; 0 archives nothing, and holes that are known are filled all the same. */
  readonly seconds: number
  readonly simulated: boolean
}

export interface ArchiveOptions {
  readonly database: OpenDatabase
  readonly redis: Redis
  readonly redisUrl: string
  readonly namespace: string
  readonly registry: Registry
  readonly traces?: Traces | undefined
  readonly settings: ArchiveSettings
  readonly log: Log
}

const { queue: QUEUE } = candleJobs['candles.backfill']

/** The archiver, and the worker of the jobs that fill its holes: one at a time, because venues count requests. */
export const startArchive = (options: ArchiveOptions) => {
  const { database, redis, settings, registry, traces, log } = options
  const metrics = archiveMetrics(registry)
  const closing = new AbortController()
  const history = openVenueHistory(settings, closing.signal)
  const connection = createRedis(options.redisUrl, 'blocking')
  connection.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const worker = startJobWorker({
    queue: QUEUE,
    catalog: candleJobs,
    handlers: backfillHandlers({ database, history, metrics, log }),
    connection,
    namespace: options.namespace,
    concurrency: 1,
    telemetry: traces?.telemetry,
    observe: jobMetrics(registry, { queue: QUEUE, names: Object.keys(candleJobs) }).observe,
    log,
  })
  const intervalMs = settings.seconds * 1000
  const archiver =
    settings.seconds === 0
      ? undefined
      : startArchiver({ database, redis, intervalMs, archivesSimulated: settings.simulated, metrics, log })
  return {
    stop: async () => {
      closing.abort()
      await Promise.all([archiver?.stop(), worker.close()])
      connection.disconnect()
    },
  }
}
