import { hostname } from 'node:os'
import { botJobs } from '@botcriptofy/contracts/bot'
import type { Handlers } from '@botcriptofy/contracts/job'
import type { Log } from '@botcriptofy/runtime/log'
import { jobMetrics, type Registry } from '@botcriptofy/runtime/metrics'
import { startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { openTapeReader, readCandleTape, tapeReaderMetrics } from '@botcriptofy/runtime/stream'
import type { Traces } from '@botcriptofy/runtime/traces'
import { newHolder } from '@botcriptofy/store/bot'
import { findSeries, readCandles } from '@botcriptofy/store/candles'
import { type Db, openDatabase, type OpenDatabase } from '@botcriptofy/store/database'
import type { WorkerConfig } from '../config.ts'
import { barOfTape } from './bar-builder.ts'
import { createHandOver } from './hand-over.ts'
import { type BotDeps, runIncarnation } from './incarnation.ts'
import { startLeaseKeeper } from './lease-keeper.ts'
import type { SourcesOf } from './live-bot.ts'

const { queue: QUEUE } = botJobs['bot.run']
/** The job of an owner that died shows as failed after so long; who follows it is decided by its lease, not by this. */
const JOB_LOCK_MS = 30_000
/** One listens, the others renew. */
const LEASE_CONNECTIONS = 3

export interface BotPoolOptions {
  readonly database: OpenDatabase
  readonly redisUrl: string
  readonly config: Pick<WorkerConfig, 'DATABASE_URL' | 'BOT_SLOTS' | 'BOT_STALE_BARS' | 'QUEUE_NAMESPACE'>
  readonly registry: Registry
  readonly traces?: Traces | undefined
  /** Tests shorten it. */
  readonly leaseTtlMs?: number | undefined
  readonly log: Log
}

export const botHandlers = (deps: BotDeps): Handlers<typeof botJobs> => ({
  'bot.run': async (payload, { signal }) => ({ outcome: await runIncarnation(deps, payload, signal) }),
})

/** The bots of a process: the worker of their queue, one reader of the tape, and the leases. */
export const startBotPool = (options: BotPoolOptions): { readonly stop: () => Promise<void> } => {
  const { database, config, registry, log } = options
  const [blocking, commands] = [
    createRedis(options.redisUrl, 'blocking'),
    createRedis(options.redisUrl, 'command'),
  ]
  for (const redis of [blocking, commands])
    redis.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const leaseDatabase = openDatabase({
    url: config.DATABASE_URL,
    poolSize: LEASE_CONNECTIONS,
    name: 'botcriptofy-bot-leases',
    onError: (error) => log.warn({ err: error }, 'postgres connection'),
  })
  const leases = startLeaseKeeper({ database: leaseDatabase, ttlMs: options.leaseTtlMs, log })
  const reader = openTapeReader({ redis: commands, log, metrics: tapeReaderMetrics(registry) })
  const draining = new AbortController()
  const worker = startJobWorker({
    queue: QUEUE,
    catalog: botJobs,
    handlers: botHandlers({
      db: database.db,
      leases,
      holder: newHolder(hostname(), process.pid),
      sources: sourcesOf({ db: database.db, redis: commands, reader }),
      handOver: createHandOver(database.db),
      staleBars: config.BOT_STALE_BARS,
      draining: draining.signal,
      log,
    }),
    connection: blocking,
    namespace: config.QUEUE_NAMESPACE,
    concurrency: config.BOT_SLOTS,
    lockMs: JOB_LOCK_MS,
    maxStalledCount: 0,
    telemetry: options.traces?.telemetry,
    log,
    observe: jobMetrics(registry, { queue: QUEUE, names: Object.keys(botJobs) }).observe,
  })
  return {
    stop: async () => {
      const closed = worker.close()
      draining.abort(new Error('the process ends'))
      await closed
      await Promise.all([leases.stop(), reader.close()])
      await leaseDatabase.close()
      blocking.disconnect()
      commands.disconnect()
    },
  }
}

/** The tape, and the series of the bot's own timeframe that its tenant may read. */
const sourcesOf =
  (ports: {
    readonly db: Db
    readonly redis: ReturnType<typeof createRedis>
    readonly reader: ReturnType<typeof openTapeReader>
  }): SourcesOf =>
  ({ tenant, market: key }) => ({
    subscribe: (market, onEvent) => ports.reader.subscribe({ market, channels: ['candle'] }, onEvent),
    readTape: async (market, { fromMs, toMs }) =>
      (await readCandleTape(ports.redis, market, { fromMs, toMs })).map(barOfTape),
    readStored: async ({ fromMs, toMs }) => {
      const series = await findSeries(ports.db, tenant, key)
      if (series === undefined) return []
      const rows = await readCandles(ports.db, series.id, { fromMs, toMs, limit: MOST_STORED })
      return rows.map(({ timestamp, ...prices }) => ({ time: timestamp, ...prices }))
    },
  })

/** More than any span that a feed reads has bars. */
const MOST_STORED = 10_000
