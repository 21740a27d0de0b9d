import { fileURLToPath } from 'node:url'
import type { Scope } from '@botcriptofy/contracts/key'
import { TENANT_SCOPES } from '@botcriptofy/contracts/key'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { openQueue } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { noTraces } from '@botcriptofy/runtime/traces'
import { insertKey } from '@botcriptofy/store/key'
import { readMigrations } from '@botcriptofy/store/migrate'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { buildApp } from '../../apps/api/src/app.ts'
import type { ApiDeps } from '../../apps/api/src/deps.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))

/** A tenant with a user and a key, as the API sees a caller. */
export type TestCaller = Awaited<ReturnType<TestApi['caller']>>
export type TestApi = Awaited<ReturnType<typeof startTestApi>>

/**
 * The whole API on a Redis namespace of its own and the database, which it closes, or one of its own; requests go in by
 * `app.inject`.
 */
export const startTestApi = async (overrides: Partial<ApiDeps['config']> = {}, given?: TestDatabase) => {
  const [database, space] = await Promise.all([given ?? testDatabase(), redisNamespace()])
  const redis = createRedis(space.url, 'command')
  const queues = [openQueue('backtest', { connection: redis, namespace: space.prefix })]
  let isDraining = false
  const app = await buildApp({
    config: {
      API_PUBLIC_URL: undefined,
      API_RATE_LIMIT_PER_MINUTE: 100_000,
      IMPORT_MAX_BYTES: 16 * 1024 * 1024,
      QUEUE_NAMESPACE: space.prefix,
      ...overrides,
    },
    database,
    redis,
    queues,
    migrations: await readMigrations(MIGRATIONS),
    metrics: createMetrics('api-test'),
    traces: noTraces,
    log: createLog({ name: 'api-test', level: 'silent' }),
    isDraining: () => isDraining,
  })
  await app.ready()

  const caller = async (name: string, scopes: readonly Scope[] = TENANT_SCOPES) => {
    const tenant = await ensureTenant(database.db, name)
    const userId = await ensureUser(database.db, tenant, 'tester')
    const { row, apiKey } = await insertKey(database.db, tenant, { userId, name: 'test', scopes })
    return { tenant, userId, keyId: row.id, apiKey, headers: { authorization: `Bearer ${apiKey}` } }
  }
  const close = async () => {
    await app.close()
    await Promise.all(queues.map((queue) => queue.close()))
    redis.disconnect()
    await Promise.all([database.close(), space.close()])
  }
  return {
    app,
    database,
    db: database.db,
    redis,
    namespace: space,
    caller,
    drain: () => (isDraining = true),
    close,
  }
}

export const SMA_CROSS = {
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 3 } },
    slow: { type: 'sma', params: { period: 5 } },
  },
  entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
  exit: { long: { any: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] } },
  sizing: { kind: 'equityFraction', value: 1 },
}

export const DAILY = { venue: 'testex', symbol: 'BTC/USD', timeframe: '1d' }
export const DAY_MS = 86_400_000
export const FIRST_DAY_MS = Date.UTC(2024, 0, 1)

/** Daily bars from 2024-01-01 whose close swings, so that the crossing strategies trade. */
export const dailyCsv = (days: number): string =>
  [
    'timestamp,open,high,low,close,volume',
    ...Array.from({ length: days }, (_, day) => {
      const close = 100 + 10 * Math.sin(day / 3)
      const open = 100 + 10 * Math.sin((day - 1) / 3)
      const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1]
      return [FIRST_DAY_MS + day * DAY_MS, open, high, low, close, 5].join(',')
    }),
  ].join('\n') + '\n'

export const importDaily = async (api: TestApi, caller: TestCaller, days = 40) => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/candles/import',
    query: DAILY,
    headers: { ...caller.headers, 'content-type': 'text/csv' },
    payload: dailyCsv(days),
  })
  if (answer.statusCode !== 201) throw new Error(`import answered ${answer.statusCode}: ${answer.body}`)
  return answer
}
