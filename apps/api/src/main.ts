import { fileURLToPath } from 'node:url'
import { jobCatalog } from '@botcriptofy/contracts/catalog'
import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { createLog } from '@botcriptofy/runtime/log'
import {
  createMetrics,
  outboxLagMetric,
  postgresMetrics,
  queueMetrics,
  redisMetrics,
} from '@botcriptofy/runtime/metrics'
import { loadModules } from '@botcriptofy/runtime/modules'
import { openQueue } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { openTraces } from '@botcriptofy/runtime/traces'
import { openDatabase } from '@botcriptofy/store/database'
import { readMigrations } from '@botcriptofy/store/migrate'
import { oldestUnsentSeconds } from '@botcriptofy/store/outbox'
import { buildApp } from './app.ts'
import { type ApiConfig, readConfig } from './config.ts'
import { listen } from './listen.ts'

/** Equally deep from src and from dist. */
const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url))
const SHUTDOWN_LIMIT_MS = 15_000

const start = async (config: ApiConfig): Promise<void> => {
  await loadModules({
    variable: 'INDICATOR_MODULES',
    names: config.INDICATOR_MODULES,
    accept: registerIndicatorModule,
  })
  const log = createLog({ name: 'api', level: config.LOG_LEVEL })
  const shutdown = createShutdown({ log, limitMs: SHUTDOWN_LIMIT_MS })
  let isDraining = false

  const traces = await openTraces({ service: 'botcriptofy-api', config, log })
  shutdown.onStop('traces', traces.stop)
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.API_POOL_SIZE,
    name: 'botcriptofy-api',
    onError: (error) => log.warn({ err: error }, 'idle database connection'),
  })
  shutdown.onStop('database', database.close)
  const redis = createRedis(config.REDIS_URL, 'command')
  redis.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  shutdown.onStop('redis', async () => redis.disconnect())
  const queueNames = new Set(Object.values(jobCatalog).map(({ queue }) => queue))
  const queues = [...queueNames].map((name) =>
    openQueue(name, { connection: redis, namespace: config.QUEUE_NAMESPACE }),
  )
  shutdown.onStop('queues', () => Promise.all(queues.map((queue) => queue.close())))

  const metrics = createMetrics('api')
  postgresMetrics(metrics, database.pool)
  redisMetrics(metrics, redis)
  queueMetrics(metrics, { queues, redis })
  // The control role says the same while it lives; who is told that it does not, hears it from here.
  outboxLagMetric(metrics, () => oldestUnsentSeconds(database.db))

  const app = await buildApp({
    config,
    database,
    redis,
    queues,
    migrations: await readMigrations(MIGRATIONS),
    metrics,
    traces,
    log,
    isDraining: () => isDraining,
  })
  // Registered last, so it runs first: ready turns false, then no new connections, then the rest is answered.
  shutdown.onStop('http', async () => {
    isDraining = true
    await app.close()
  })

  const port = await listen(app, { host: config.API_HOST, port: config.API_PORT })
  log.info({ url: `http://${config.API_HOST}:${port}`, isChosen: config.API_PORT === undefined }, 'listening')
}

try {
  await start(readConfig())
} catch (error) {
  // One clear line instead of a stack trace: the usual causes are a setting, a taken port or a service that is away.
  process.stderr.write(`api: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(error instanceof InvalidConfig ? 2 : 1)
}
