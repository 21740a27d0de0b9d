import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startPools } from '../../apps/worker/src/pools.ts'
import type { TestApi } from './api.fixture.ts'

/** A worker of all roles, with one thread, that computes what waits in the queue of a test's API from here on. */
export const startTestWorker = ({ database, namespace }: Pick<TestApi, 'database' | 'namespace'>) => {
  const deps = {
    database,
    redisUrl: namespace.url,
    registry: createMetrics('test'),
    log: createLog({ name: 'test', level: 'silent' }),
  }
  const control = startControl({ ...deps, namespace: namespace.prefix })
  const pools = startPools({
    ...deps,
    config: {
      DATABASE_URL: database.url,
      REDIS_URL: namespace.url,
      LOG_LEVEL: 'silent',
      WORKER_ROLES: ['backtest'],
      BACKTEST_THREADS: 1,
      INDICATOR_MODULES: [],
      CANDLE_CACHE_BYTES: 1e9,
      QUEUE_NAMESPACE: namespace.prefix,
    },
  })
  return async (): Promise<void> => {
    await pools.stop()
    await control.stop()
  }
}
