import { sweepJobs } from '@botcriptofy/contracts/sweep'
import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { openQueue, startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { importCandles } from '@botcriptofy/store/candles'
import { newId } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import {
  acceptSweep,
  dispatchSweeps,
  failGoneEngines,
  findGrids,
  findWaitReason,
  lockSweep,
  restartSweep,
} from '@botcriptofy/store/sweep'
import { leavePool, tellPool } from '@botcriptofy/store/worker-pool'
import { SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openBacktestThreads } from '../../apps/worker/src/backtest/thread-pool.ts'
import { DatasetCache } from '../../apps/worker/src/candles/dataset-cache.ts'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startCancelWatch } from '../../apps/worker/src/sweep/cancel-watch.ts'
import { sweepHandlers } from '../../apps/worker/src/sweep/sweep.jobs.ts'
import { axesOf, openSweepStore, periods } from './sweep.fixture.ts'

const [store, namespace] = await Promise.all([openSweepStore(), redisNamespace()])
const { db, pool, accept, jobsOf, finish, sweepOf } = store
const log = createLog({ name: 'test', level: 'silent' })
const connection = createRedis(namespace.url, 'blocking')
const threads = openBacktestThreads({ threads: 1 })
const cancelWatch = startCancelWatch(db, log)
afterAll(async () => {
  await cancelWatch.stop()
  await threads.close()
  connection.disconnect()
  await namespace.close()
  await store.close()
})
beforeEach(() =>
  pool.query('truncate sweep, job_outbox, job_effect, tenant_turn, worker_pool, event cascade'),
)

const poolOf = (engineRevision: number) => {
  return { id: newId(), queue: 'backtest', host: 'h', pid: 1, slots: 2, engineRevision }
}

/** A worker as a version with that engine would run it; `outcomes` tells what became of its chunks. */
const startVersion = (engineRevision: number) => {
  const outcomes: string[] = []
  const datasets = new DatasetCache({ pool, limitBytes: 1e8 })
  const worker = startJobWorker({
    queue: 'backtest',
    catalog: sweepJobs,
    handlers: sweepHandlers({ db, datasets, threads, cancelWatch, engineRevision }),
    connection,
    namespace: namespace.prefix,
    concurrency: 1,
    log,
    observe: ({ name, outcome }) => {
      if (name === 'sweep.chunk') outcomes.push(outcome)
    },
  })
  return { outcomes, close: () => worker.close() }
}

test('a chunk waits for a worker of the engine that accepted it, beside workers of another', async () => {
  const scope = await store.tenant()
  const series = { venue: 'v', symbol: 'A/B', timeframe: '1d', owner: scope, isSimulated: true }
  const bars = 200
  const start = { startMs: Date.UTC(2024, 0, 1), timeframeMs: 86_400_000, startPrice: 100 }
  const imported = await importCandles(store, series, generateCandles({ seed: 3, bars, ...start }))
  const { id } = await acceptSweep(db, scope, {
    kind: 'sweep',
    strategySha256: await saveStrategyBody(db, scope, SMA_CROSS),
    axes: [['indicators.fast.params.period', [3, 4, 5]]],
    config: DEFAULT_BACKTEST_CONFIG,
    objective: 'sharpe',
    seriesId: imported.seriesId,
    fromMs: imported.fromMs,
    toMs: imported.toMs,
    bars,
    datasetDigest: imported.digest,
    engineRevision: ENGINE_REVISION,
  })
  const control = startControl({
    database: store,
    redisUrl: namespace.url,
    namespace: namespace.prefix,
    registry: createMetrics('control'),
    log,
  })
  const newer = startVersion(ENGINE_REVISION + 1)
  const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
  try {
    await waitFor(() => newer.outcomes.includes('postponed'), { describe: 'a refusal' })
    await tellPool(db, poolOf(ENGINE_REVISION + 1), 0)
    expect(await findWaitReason(db, scope, id)).toMatchObject({ code: 'ENGINE_REVISION_AWAY' })
    const own = startVersion(ENGINE_REVISION)
    await waitFor(async () => (await sweepOf(scope, id)).finished_at !== null, {
      describe: 'the end of the sweep',
      limitMs: 15_000,
    })
    expect(await sweepOf(scope, id)).toMatchObject({ status: 'completed', computed: 3, failed: 0 })
    await waitFor(() => own.outcomes.includes('completed'), { describe: 'the end of its job' })
    expect(newer.outcomes).not.toContain('failed')
    await own.close()
  } finally {
    await newer.close()
    await control.stop()
    await queue.close()
  }
}, 30_000)

test('what waits for an engine that is gone for good fails, and runs again with the present one', async () => {
  const scope = await store.tenant()
  const old = poolOf(1)
  await tellPool(db, old, 0)
  const id = await accept(scope, periods(10))
  await dispatchSweeps(db, 4)
  const [first, second] = await jobsOf(id)
  await finish(first!)
  await leavePool(db, old.id)
  expect(await failGoneEngines(db, 0)).toBe(0)
  expect(await findWaitReason(db, scope, id)).toMatchObject({ code: 'NO_WORKER' })
  await tellPool(db, poolOf(2), 0)
  expect(await failGoneEngines(db, 60_000)).toBe(0)
  expect(await failGoneEngines(db, 0)).toBe(1)
  expect(await sweepOf(scope, id)).toMatchObject({
    status: 'failed',
    error_code: 'ENGINE_REVISION_GONE',
    computed: 1,
    remaining: 9,
  })
  expect((await jobsOf(id)).filter((job) => job.done_at === null)).toEqual([])
  expect(await finish(second!)).toEqual({ kind: 'cancelled' })
  expect((await sweepOf(scope, id)).status).toBe('failed')

  await db.transaction().execute(async (tx) => {
    await lockSweep(tx, scope, id)
    const grids = await findGrids(tx, scope, { id, axes: axesOf(periods(10)) })
    expect(await restartSweep(tx, scope, { id, grids, engineRevision: 2 })).toBe(10)
  })
  for (;;) {
    await dispatchSweeps(db, 4)
    const open = (await jobsOf(id)).filter((job) => job.done_at === null)
    if (open.length === 0) break
    for (const job of open) {
      expect(job.payload.engineRevision).toBe(2)
      await finish(job)
    }
  }
  expect(await sweepOf(scope, id)).toMatchObject({ status: 'completed', computed: 10, remaining: 0 })
})
