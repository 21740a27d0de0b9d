// A worker whose locks are short, so that a test need not wait long for what a dead one held.
import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { loadModules } from '@botcriptofy/runtime/modules'
import { openDatabase } from '@botcriptofy/store/database'
import { workerConfig } from '../../apps/worker/src/config.ts'
import { startPools } from '../../apps/worker/src/pools.ts'

process.once('disconnect', () => process.exit())
const [settings = '{}'] = process.argv.slice(2)
const config = workerConfig.parse(JSON.parse(settings))
const names = config.INDICATOR_MODULES
await loadModules({ variable: 'INDICATOR_MODULES', names, accept: registerIndicatorModule })
const database = openDatabase({
  url: config.DATABASE_URL,
  poolSize: 4,
  name: 'poison',
  onError: () => undefined,
})
const log = createLog({ name: 'worker', level: 'silent' })
const registry = createMetrics('worker')
startPools({ database, redisUrl: config.REDIS_URL, config, registry, log, lockMs: 1000 })
