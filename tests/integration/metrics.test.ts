import { postgresMetrics, queueMetrics, redisMetrics, type Registry } from '@botcriptofy/runtime/metrics'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { openQueue } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { openDatabase } from '@botcriptofy/store/database'
import { findBacklogs } from '@botcriptofy/store/sweep'
import { testDatabase } from '@botcriptofy/testkit/database'
import { openGate } from '@botcriptofy/testkit/gate'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { afterAll, expect, test } from 'vitest'
import { openSweepStore, periods } from './sweep.fixture.ts'

const [database, namespace] = await Promise.all([testDatabase(), redisNamespace()])
afterAll(async () => {
  await database.close()
  await namespace.close()
})

/** Samples as they stand in the exposition, `name{labels}` to value. */
const scrape = async (registry: Registry): Promise<ReadonlyMap<string, number>> => {
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('botcriptofy_'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      const name = line.slice(0, at).replace(',process="test"', '').replace('{process="test"}', '')
      return [name, Number(line.slice(at + 1))] as const
    }),
  )
}

test('the oldest waiting job counts, in the list that goes first or in the one that has priorities', async () => {
  const redis = createRedis(namespace.url, 'command')
  const queue = openQueue('oldest', { connection: redis, namespace: namespace.prefix })
  await queue.waitUntilReady()
  const at = async (secondsAgo: number, priority: number) =>
    queue.add('job', {}, { timestamp: Date.now() - secondsAgo * 1000, priority })
  const oldest = async () => {
    const registry = createMetrics('test')
    queueMetrics(registry, { queues: [queue], redis })
    return (await scrape(registry)).get('botcriptofy_queue_oldest_waiting_seconds{queue="oldest"}')
  }
  try {
    expect(await oldest()).toBe(0)
    await at(100, 1)
    await at(20, 1)
    expect(Math.round((await oldest())!)).toBe(100)
    await at(300, 0)
    await at(40, 0)
    expect(Math.round((await oldest())!)).toBe(300)
  } finally {
    await queue.obliterate({ force: true })
    await queue.close()
    redis.disconnect()
  }
})

test('a scrape takes well below a second while Postgres and Redis answer nothing, and says that they do not', async () => {
  const [redisGate, postgresGate] = await Promise.all([openGate(namespace.url), openGate(database.url)])
  const redis = createRedis(redisGate.url, 'command')
  redis.on('error', () => undefined)
  const queue = openQueue('frozen', { connection: redis, namespace: namespace.prefix })
  const gated = openDatabase({ url: postgresGate.url, poolSize: 2, name: 'test', onError: () => undefined })
  const registryOf = () => {
    const registry = createMetrics('test')
    postgresMetrics(registry, gated.pool)
    redisMetrics(registry, redis)
    queueMetrics(registry, { queues: [queue], redis })
    return registry
  }
  try {
    await queue.waitUntilReady()
    const before = await scrape(registryOf())
    expect(before.get('botcriptofy_postgres_up')).toBe(1)
    expect(before.get('botcriptofy_redis_up')).toBe(1)
    expect(before.get('botcriptofy_redis_memory_used_bytes')).toBeGreaterThan(100_000)
    expect(before.get('botcriptofy_queue_jobs{queue="frozen",state="waiting"}')).toBe(0)

    redisGate.freeze()
    postgresGate.freeze()
    const startedMs = performance.now()
    const frozen = await scrape(registryOf())
    expect(performance.now() - startedMs).toBeLessThan(900)
    expect(frozen.get('botcriptofy_postgres_up')).toBe(0)
    expect(frozen.get('botcriptofy_redis_up')).toBe(0)
    expect(frozen.get('botcriptofy_redis_memory_used_bytes')).toBeNaN()
    expect([...frozen.keys()].filter((name) => name.startsWith('botcriptofy_queue_'))).toEqual([])
  } finally {
    redisGate.close()
    postgresGate.close()
    redis.disconnect()
    await gated.close().catch(() => undefined)
  }
})

test('backlogs are those of the largest tenants, then of the others together; what is paused does not wait', async () => {
  const store = await openSweepStore(database)
  const tenants = await Promise.all([5, 9, 2, 4].map(async (runs) => ({ scope: await store.tenant(), runs })))
  for (const { scope, runs } of tenants) await store.accept(scope, periods(runs))
  const paused = await store.tenant()
  const sweepId = await store.accept(paused, periods(50))
  await store.db.updateTable('sweep').set({ status: 'paused' }).where('id', '=', sweepId).execute()

  const found = await findBacklogs(store.db, 2)
  const [five, nine] = tenants
  expect(new Map(found.map(({ tenantId, runs }) => [tenantId, runs]))).toEqual(
    new Map([
      [nine!.scope.tenantId, 9],
      [five!.scope.tenantId, 5],
      [null, 6],
    ]),
  )
  expect(await findBacklogs(store.db, 10)).toHaveLength(4)
})
