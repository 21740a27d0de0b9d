import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { serveHealth } from '@botcriptofy/runtime/health'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics, postgresMetrics } from '@botcriptofy/runtime/metrics'
import { loadModules } from '@botcriptofy/runtime/modules'
import { createRedis } from '@botcriptofy/runtime/redis'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { openTraces } from '@botcriptofy/runtime/traces'
import { openDatabase } from '@botcriptofy/store/database'
import { startBotPool } from './bot/bot-pool.ts'
import { archiveOf, readWorkerConfig, type WorkerConfig } from './config.ts'
import { startControl } from './control/control.ts'
import { type Pools, startPools } from './pools.ts'
import { STUCK_AFTER_MS } from './pulse.ts'

/** Control loops of their own are a process of their own kind, with other figures than one that computes. */
const nameOf = ({ WORKER_ROLES: roles }: WorkerConfig) => {
  if (roles.includes('backtest')) return 'worker'
  return roles.includes('control') ? 'control' : 'bot'
}

const answers = (ask: () => Promise<unknown>): Promise<boolean> =>
  ask().then(
    () => true,
    () => false,
  )

const main = async (config: WorkerConfig) => {
  await loadModules({
    variable: 'INDICATOR_MODULES',
    names: config.INDICATOR_MODULES,
    accept: registerIndicatorModule,
  })
  const log = createLog({ name: 'worker', level: config.LOG_LEVEL })
  const shutdown = createShutdown({ log, limitMs: 30_000 })
  const name = nameOf(config)
  const traces = await openTraces({ service: `botcriptofy-${name}`, config, log })
  shutdown.onStop('traces', traces.stop)
  const registry = createMetrics(name)
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: 10,
    name: 'botcriptofy-worker',
    onError: (error) => log.warn({ err: error }, 'postgres connection'),
  })
  shutdown.onStop('database', () => database.close())
  postgresMetrics(registry, database.pool)
  const shared = { database, redisUrl: config.REDIS_URL, registry, traces, log }
  if (config.WORKER_ROLES.includes('control')) {
    const crashLimit = config.BOT_CRASH_LIMIT
    const archive = archiveOf(config)
    const control = startControl({ ...shared, archive, namespace: config.QUEUE_NAMESPACE, crashLimit })
    shutdown.onStop('control', () => control.stop())
  }
  let pools: Pools | undefined
  if (config.WORKER_ROLES.includes('backtest')) {
    pools = startPools({ ...shared, config })
    shutdown.onStop('pools', pools.stop)
  }
  if (config.WORKER_ROLES.includes('bot')) {
    const bots = startBotPool({ ...shared, config, leaseTtlMs: config.BOT_LEASE_SECONDS * 1000 })
    shutdown.onStop('bots', bots.stop)
  }
  if (config.WORKER_METRICS_PORT !== undefined) {
    const redis = createRedis(config.REDIS_URL, 'command')
    redis.on('error', (error) => log.warn({ err: error }, 'redis connection'))
    shutdown.onStop('redis', async () => redis.disconnect())
    const isConsuming = () => pools === undefined || pools.idleMs() < STUCK_AFTER_MS
    const health = await serveHealth({
      port: config.WORKER_METRICS_PORT,
      registry,
      isAlive: isConsuming,
      checks: async () => {
        const [postgres, redisCheck] = await Promise.all([
          answers(() => database.pool.query('select 1')),
          answers(() => redis.ping()),
        ])
        return { postgres, redis: redisCheck, ...(pools === undefined ? {} : { consuming: isConsuming() }) }
      },
    })
    shutdown.onStop('health', () => health.close())
    log.info({ port: health.port }, 'serving health and metrics')
  }
  log.info({ roles: config.WORKER_ROLES, pid: process.pid }, 'worker ready')
}

try {
  await main(readWorkerConfig())
} catch (error) {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`)
  // Ended and not left to end: what was opened before the failure would keep the process, which does no work.
  process.exit(error instanceof InvalidConfig ? 2 : 1)
}
