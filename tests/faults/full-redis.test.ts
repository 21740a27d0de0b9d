import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { openQueue } from '@botcriptofy/runtime/queue'
import { createRedis, readMemory } from '@botcriptofy/runtime/redis'
import { oldestUnsentSeconds } from '@botcriptofy/store/outbox'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, test } from 'vitest'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { openSweepStore, periods } from '../integration/sweep.fixture.ts'
import { startServices } from './lab/services.ts'

// Servers of this file alone: a limit on the memory of the shared Redis would stop every other test.
const services = await startServices()
const { database, redisUrl } = services
const store = await openSweepStore({ ...database, url: services.databaseUrl })
const redis = createRedis(redisUrl, 'command')
const queue = openQueue('backtest', { connection: redis })
const registry = createMetrics('control')
const log = createLog({ name: 'test', level: 'silent' })
const control = startControl({ database, redisUrl, namespace: '', registry, log })
afterAll(async () => {
  await control.stop()
  await queue.close()
  redis.disconnect()
  await services.close()
})

const limit = async (bytes: number) => void (await redis.config('SET', 'maxmemory', bytes))
const isOpen = async () =>
  (await registry.getSingleMetricAsString('botcriptofy_admission_open')).endsWith(' 1')
const areIn = (jobs: number) => async () => (await queue.count()) === jobs

test('jobs wait in Postgres while Redis is nearly full or refuses them, and go on by themselves', async () => {
  const scope = await store.tenant()
  const single = () => store.accept(scope, [7], { kind: 'backtest', bars: 10 })
  await single()
  await waitFor(areIn(1), { describe: 'a job in Redis without a limit' })

  const { usedBytes } = await readMemory(redis)
  await limit(Math.ceil(usedBytes * 1.2))
  await waitFor(async () => !(await isOpen()), { describe: 'the admission to close' })
  await single()
  await store.accept(scope, periods(20))
  // Longer than the relay and the dispatcher sleep between their turns.
  await waitFor(async () => (await oldestUnsentSeconds(store.db)) > 1.5, { describe: 'a job that waits' })
  expect(await queue.count()).toBe(1)
  expect((await store.jobsOf()).filter((job) => job.sent_at === null)).toHaveLength(1)
  await limit(0)
  // The two single ones and the window of the sweep.
  await waitFor(areIn(6), { describe: 'the jobs to be added after all' })
  expect(await isOpen()).toBe(true)

  // So low that Redis refuses before anybody has looked at its figures.
  await limit(1)
  await single()
  await waitFor(async () => !(await isOpen()), { describe: 'the admission to close' })
  expect(await queue.count()).toBe(6)
  await limit(0)
  await waitFor(areIn(7), { describe: 'the refused job', limitMs: 15_000 })
}, 60_000)
