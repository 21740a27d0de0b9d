import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { countSlots, openQueue } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { importCandles } from '@botcriptofy/store/candles'
import { newId } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep, cancelSweep, findSweep, pauseSweep, resumeSweep } from '@botcriptofy/store/sweep'
import { scopeOf, type TenantScope } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startPools } from '../../apps/worker/src/pools.ts'

const [database, namespace] = await Promise.all([testDatabase({ poolSize: 20 }), redisNamespace()])
const { db } = database
const log = createLog({ name: 'test', level: 'silent' })
const shared = { database, redisUrl: namespace.url, log }
const openControl = () =>
  startControl({ ...shared, registry: createMetrics('control'), namespace: namespace.prefix })
const controls = [openControl()]
const pools = startPools({
  ...shared,
  registry: createMetrics('worker'),
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
const connection = createRedis(namespace.url, 'command')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const [acme, rival] = [scopeOf(newId()), scopeOf(newId())]

const strategy: Strategy = {
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 5 } },
    slow: { type: 'sma', params: { period: 20 } },
  },
  entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
  exit: { long: { any: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] } },
  sizing: { kind: 'equityFraction', value: 1 },
}

beforeAll(async () => {
  for (const [name, { tenantId: id }] of Object.entries({ acme, rival })) {
    await db.insertInto('tenant').values({ id, name }).execute()
  }
})
afterAll(async () => {
  await pools.stop()
  await Promise.all(controls.map((control) => control.stop()))
  await queue.close()
  connection.disconnect()
  await namespace.close()
  await database.close()
})

interface Submission {
  readonly kind: 'backtest' | 'sweep'
  readonly symbol: string
  readonly bars: number
  /** Of a sweep. */
  readonly runs?: number
}

const submit = async (scope: TenantScope, { kind, symbol, bars, runs = 1 }: Submission): Promise<string> => {
  const series = { venue: 'v', symbol, timeframe: '1m', owner: scope, isSimulated: true }
  const startMs = Date.UTC(2024, 0, 1)
  const imported = await importCandles(
    database,
    series,
    generateCandles({ seed: bars, bars, startMs, timeframeMs: 60_000, startPrice: 100 }),
  )
  const values = Array.from({ length: runs }, (_, k) => k + 2)
  return db.transaction().execute(async (tx) => {
    const { id } = await acceptSweep(tx, scope, {
      kind,
      strategySha256: await saveStrategyBody(tx, scope, strategy),
      axes: kind === 'backtest' ? [] : [['indicators.fast.params.period', values]],
      config: DEFAULT_BACKTEST_CONFIG,
      objective: 'sharpe',
      seriesId: imported.seriesId,
      fromMs: imported.fromMs,
      toMs: imported.toMs,
      bars,
      datasetDigest: imported.digest,
      engineRevision: ENGINE_REVISION,
    })
    return id
  })
}

const rowOf = (scope: TenantScope, kind: 'backtest' | 'sweep', id: string) =>
  findSweep(db, scope, { kind, id })
const hasEnded = async (scope: TenantScope, kind: 'backtest' | 'sweep', id: string) =>
  (await rowOf(scope, kind, id))?.finished_at instanceof Date
/** Chunks that are handed out. */
const countOpen = async () => {
  const chunks = db.selectFrom('job_outbox').select('id').where('name', '=', 'sweep.chunk')
  return (await chunks.where('done_at', 'is', null).execute()).length
}

test('a worker tells how many jobs it takes at once', async () => {
  expect(await waitFor(() => countSlots(queue), { describe: 'the worker to be seen' })).toBe(2)
})

test("one tenant's sweep of 100,000 keeps neither a backtest nor a sweep of another waiting", async () => {
  const flood = await submit(acme, { kind: 'sweep', symbol: 'FLOOD/USDT', bars: 20_000, runs: 100_000 })
  await waitFor(async () => ((await rowOf(acme, 'sweep', flood))?.computed ?? 0) > 50, {
    describe: 'the sweep to run',
    limitMs: 30_000,
  })
  const startedMs = performance.now()
  const single = await submit(rival, { kind: 'backtest', symbol: 'ONE/USDT', bars: 1000 })
  await waitFor(() => hasEnded(rival, 'backtest', single), {
    describe: 'the backtest',
    limitMs: 10_000,
    everyMs: 10,
  })
  // Two chunks of the sweep, which are sized to a second and a half.
  expect(performance.now() - startedMs).toBeLessThan(3000)
  const small = await submit(rival, { kind: 'sweep', symbol: 'TWO/USDT', bars: 1100, runs: 60 })
  await waitFor(() => hasEnded(rival, 'sweep', small), { describe: 'the small sweep', limitMs: 30_000 })
  expect(await rowOf(rival, 'sweep', small)).toMatchObject({ status: 'completed', computed: 60 })
  expect(await countOpen()).toBeLessThanOrEqual(4)
  expect(await queue.count()).toBeLessThanOrEqual(4)
  await db.transaction().execute((tx) => cancelSweep(tx, acme, { kind: 'sweep', id: flood }))
  expect(await countOpen()).toBe(0)
}, 90_000)

test('two control processes, a pause and a Redis that forgets everything lose and double nothing', async () => {
  controls.push(openControl())
  const id = await submit(acme, { kind: 'sweep', symbol: 'LONG/USDT', bars: 150_000, runs: 300 })
  await waitFor(async () => ((await rowOf(acme, 'sweep', id))?.computed ?? 0) > 20, {
    describe: 'a start',
    limitMs: 30_000,
  })
  await pauseSweep(db, acme, id)
  await waitFor(async () => (await countOpen()) === 0, { describe: 'the window to end', limitMs: 20_000 })
  const paused = await rowOf(acme, 'sweep', id)
  expect(paused).toMatchObject({ status: 'paused' })
  await resumeSweep(db, acme, id)
  await waitFor(async () => (await queue.getActiveCount()) > 0, { describe: 'an active chunk', everyMs: 5 })
  await queue.obliterate({ force: true })
  await waitFor(() => hasEnded(acme, 'sweep', id), { describe: 'the end of the sweep', limitMs: 60_000 })
  expect(await rowOf(acme, 'sweep', id)).toMatchObject({
    status: 'completed',
    total: 300,
    remaining: 0,
    computed: 300,
    failed: 0,
  })
  const runs = await db
    .selectFrom('sweep_run')
    .select('ordinal')
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()
  expect(runs.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 300 }, (_, k) => k))
}, 120_000)
