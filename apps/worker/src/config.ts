import { availableParallelism } from 'node:os'
import {
  baseUrl,
  commaList,
  databaseUrl,
  loadConfig,
  logLevel,
  port,
  redisUrl,
  tracesConfig,
} from '@botcriptofy/runtime/config'
import { VENUES } from '@botcriptofy/venues/catalog'
import { z } from 'zod'
import type { ArchiveSettings } from './archive/start-archive.ts'

const ROLES = ['backtest', 'bot', 'control'] as const

/** The worker's environment. */
export const workerConfig = z.object({
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  LOG_LEVEL: logLevel,
  ...tracesConfig,
  /** What this process does; CPU work and the control loops may live in different processes. */
  WORKER_ROLES: z
    .string()
    .default(ROLES.join(','))
    .pipe(commaList)
    .pipe(z.array(z.enum(ROLES)).min(1)),
  /** Threads for backtests; the event loop keeps a core's worth of attention for locks and Postgres. */
  BACKTEST_THREADS: z.coerce.number().int().min(1).max(256).default(availableParallelism()),
  /** Bots that one process runs at a time. */
  BOT_SLOTS: z.coerce.number().int().min(1).max(10_000).default(200),
  /** A bot whose owner says nothing for so long gets another one. */
  BOT_LEASE_SECONDS: z.coerce.number().min(1).max(60).default(10),
  /** A bot does not decide on a bar any more when so many have closed after it. */
  BOT_STALE_BARS: z.coerce.number().int().min(1).max(1_000_000).default(2),
  /** Owners of a bot that may die in a row, each within ten minutes; one more, and the bot is FAULTED. */
  BOT_CRASH_LIMIT: z.coerce.number().int().min(1).max(1000).default(10),
  /** A single run of a backtest that computes for longer is ended and fails with RUN_TOO_LONG; 600 when it is unset. */
  BACKTEST_RUN_LIMIT_SECONDS: z.coerce.number().int().min(1).max(86_400).optional(),
  /** ES modules with indicators of the operator's own: paths and package names. */
  INDICATOR_MODULES: z.string().default('').pipe(commaList),
  /** Candles kept in memory, shared by the threads. */
  CANDLE_CACHE_BYTES: z.coerce.number().int().min(1_048_576).default(1_073_741_824),
  /** How often closed one-minute candles of the streamed markets are stored; 0 stores none. */
  ARCHIVE_SECONDS: z.coerce.number().int().min(0).max(43_200).default(300),
  /** Also those of markets that a simulator on loopback plays. */
  ARCHIVE_SIMULATED: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  /** Where holes in the stored candles are filled from: as the streamer has them. */
  BINANCE_REST_URL: baseUrl('http').default(VENUES.binance.protocol.profile.restUrl),
  COINBASE_REST_URL: baseUrl('http').default(VENUES.coinbase.protocol.profile.restUrl),
  KRAKEN_REST_URL: baseUrl('http').default(VENUES.kraken.protocol.profile.restUrl),
  /** Prometheus metrics and health on loopback; 0 takes any free port, unset serves none. */
  WORKER_METRICS_PORT: port.optional(),
  /** 0.0.0.0 in a container that something else scrapes. */
  WORKER_METRICS_HOST: z.string().min(1).optional(),
  /** Set by tests, so that several deployments can share one Redis. */
  QUEUE_NAMESPACE: z
    .string()
    .regex(/^[\w-]*$/)
    .default(''),
})
export type WorkerConfig = z.infer<typeof workerConfig>

export const archiveOf = (config: WorkerConfig): ArchiveSettings => ({
  seconds: config.ARCHIVE_SECONDS,
  simulated: config.ARCHIVE_SIMULATED,
  restUrls: {
    binance: config.BINANCE_REST_URL,
    coinbase: config.COINBASE_REST_URL,
    kraken: config.KRAKEN_REST_URL,
  },
})

/** The only place of this process that reads the environment. */
export const readWorkerConfig = (): WorkerConfig => loadConfig(workerConfig, process.env)
