import { openQueue } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { testDatabase } from '@botcriptofy/testkit/database'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, afterEach, expect, test } from 'vitest'
import {
  atRest,
  auditSweep,
  complete,
  countRuns,
  minutes,
  type Submitted,
  submitSweep,
  twoHundred,
} from './rule-tree-sweep.ts'

const [database, namespace] = await Promise.all([testDatabase(), redisNamespace()])
const connection = createRedis(namespace.url, 'blocking')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const running: AppProcess[] = []

const startWorker = (roles: string): AppProcess => {
  const worker = startApp({
    app: 'worker',
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: namespace.url,
      QUEUE_NAMESPACE: namespace.prefix,
      WORKER_ROLES: roles,
      BACKTEST_THREADS: '1',
    },
  })
  running.push(worker)
  return worker
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.kill('SIGKILL')))
})

afterAll(async () => {
  await queue.close()
  connection.disconnect()
  await namespace.close()
  await database.close()
})

const CHUNKS_IN_HAND_OF_ONE_WORKER = 2

test('a worker killed in the middle of 200 backtests over a million bars loses and doubles none', async () => {
  const sweep = await submitSweep(database, { candles: minutes(1_000_000, 101), axes: twoHundred })
  startWorker('control')
  const victim = startWorker('backtest')
  startWorker('backtest')

  await waitFor(async () => (await countRuns(database, sweep.id)) > 0, {
    describe: 'first results',
    limitMs: 60_000,
  })
  // More than one worker can hold, so the victim holds at least one.
  await waitFor(async () => (await queue.getActiveCount()) > CHUNKS_IN_HAND_OF_ONE_WORKER, {
    describe: 'both workers to be busy',
    limitMs: 60_000,
  })
  await victim.kill('SIGKILL')
  const missing = 200 - (await countRuns(database, sweep.id))
  expect(missing).toBeGreaterThanOrEqual(50)

  await waitFor(async () => (await countRuns(database, sweep.id)) === 200, {
    describe: 'all results',
    limitMs: 240_000,
  })
  await atRest(database, sweep, 60_000)
  expect(await auditSweep(database, sweep)).toEqual(complete(200))
}, 330_000)

test('a relay killed again and again loses and doubles no job', async () => {
  startWorker('backtest')
  const sweeps: Submitted[] = []
  for (let round = 0; round < 4; round++) {
    sweeps.push(await submitSweep(database, { candles: minutes(2000, 200 + round), axes: twoHundred }))
    const control = startWorker('control')
    // It forwards as soon as it runs, so the kill comes before, between or after adding and marking.
    await control.waitForOutput(/worker ready/)
    await control.kill('SIGKILL')
  }
  startWorker('control')
  for (const sweep of sweeps) {
    await waitFor(async () => (await auditSweep(database, sweep)).status === 'completed', {
      describe: 'the sweep to complete',
      limitMs: 60_000,
    })
    await atRest(database, sweep, 60_000)
    expect(await auditSweep(database, sweep)).toEqual(complete(200))
  }
}, 240_000)

test('a worker that is asked to stop finishes what it holds and leaves no job behind', async () => {
  const sweep = await submitSweep(database, { candles: minutes(100_000, 300), axes: twoHundred })
  startWorker('control')
  const first = startWorker('backtest')
  await waitFor(async () => (await countRuns(database, sweep.id)) > 0, {
    describe: 'first results',
    limitMs: 60_000,
  })
  expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(await queue.getActiveCount()).toBe(0)
  startWorker('backtest')
  await waitFor(async () => (await auditSweep(database, sweep)).status === 'completed', {
    describe: 'the sweep to complete',
    limitMs: 60_000,
  })
  await atRest(database, sweep, 60_000)
  expect(await auditSweep(database, sweep)).toEqual(complete(200))
}, 240_000)
