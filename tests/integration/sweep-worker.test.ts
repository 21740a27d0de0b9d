import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { type Candles, generateCandles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Axis } from '@botcriptofy/engine/sweep'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { jobIdOf } from '@botcriptofy/runtime/outbox'
import { openQueue } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { unpackDetail, unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import { importCandles } from '@botcriptofy/store/candles'
import { newId, sha256Hex } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import {
  acceptSweep,
  cancelSweep,
  findSingleRun,
  findSingleRunBlobs,
  findSweepChecks,
  findSweep,
  listRuns,
} from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startPools } from '../../apps/worker/src/pools.ts'

const [database, namespace] = await Promise.all([testDatabase({ poolSize: 20 }), redisNamespace()])
const log = createLog({ name: 'test', level: 'silent' })
const shared = { database, redisUrl: namespace.url, registry: createMetrics('test'), log }
const control = startControl({ ...shared, namespace: namespace.prefix })
const pools = startPools({
  ...shared,
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
const connection = createRedis(namespace.url, 'blocking')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const scope = scopeOf(newId())

const START_MS = Date.UTC(2024, 0, 1)
const minutes = (bars: number, seed: number): Candles =>
  generateCandles({ seed, bars, startMs: START_MS, timeframeMs: 60_000, startPrice: 100 })

const smaCross: Strategy = {
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
const fast = (values: readonly number[]): Axis => ['indicators.fast.params.period', values]

interface Submission {
  readonly kind: 'backtest' | 'sweep'
  readonly symbol: string
  readonly candles: Candles
  readonly axes?: readonly Axis[]
}

const importSeries = (symbol: string, candles: Candles) =>
  importCandles(database, { venue: 'v', symbol, timeframe: '1m', owner: scope, isSimulated: true }, candles)

const submit = async ({ kind, symbol, candles, axes = [] }: Submission): Promise<string> => {
  const imported = await importSeries(symbol, candles)
  return database.db.transaction().execute(async (tx) => {
    const { id } = await acceptSweep(tx, scope, {
      kind,
      strategySha256: await saveStrategyBody(tx, scope, smaCross),
      axes,
      config: DEFAULT_BACKTEST_CONFIG,
      objective: 'sharpe',
      seriesId: imported.seriesId,
      fromMs: imported.fromMs,
      toMs: imported.toMs,
      bars: candles.time.length,
      datasetDigest: imported.digest,
      engineRevision: ENGINE_REVISION,
    })
    return id
  })
}

const statusOf = async (kind: Submission['kind'], id: string) =>
  (await findSweep(database.db, scope, { kind, id }))?.status
const ended = (kind: Submission['kind'], id: string) =>
  waitFor(
    async () => {
      const sweep = await findSweep(database.db, scope, { kind, id })
      return sweep?.finished_at === null ? undefined : sweep
    },
    { describe: 'the end of the run', limitMs: 60_000 },
  )

/** Also those that follow upon the end of a sweep. */
const allJobsDone = (subjectId: string) =>
  waitFor(
    async () => {
      const open = database.db.selectFrom('job_outbox').where('subject_id', '=', subjectId)
      return (await open.where('done_at', 'is', null).select('id').execute()).length === 0
    },
    { describe: 'the jobs to end', limitMs: 60_000 },
  )

beforeAll(async () => {
  await database.db.insertInto('tenant').values({ id: scope.tenantId, name: 'acme' }).execute()
})

afterAll(async () => {
  await pools.stop()
  await control.stop()
  await queue.close()
  connection.disconnect()
  await namespace.close()
  await database.close()
})

test('a backtest goes from the outbox through BullMQ and a thread into Postgres', async () => {
  const id = await submit({ kind: 'backtest', symbol: 'ONE/USDT', candles: minutes(3000, 1) })
  expect(await ended('backtest', id)).toMatchObject({
    status: 'completed',
    remaining: 0,
    computed: 1,
    failed: 0,
  })
  const run = await findSingleRun(database.db, scope, id)
  expect(run).toMatchObject({
    status: 'completed',
    is_cached: false,
    bars: 3000,
    engine_revision: ENGINE_REVISION,
  })
  expect(run?.trade_count).toBeGreaterThan(0)
  expect(run?.trades_sha256).toMatch(/^[0-9a-f]{64}$/)
  const parts = await findSingleRunBlobs(database.db, scope, id)
  const detail = unpackDetail(parts?.detail ?? Buffer.alloc(0))
  expect(detail.mae).toHaveLength(run?.trade_count ?? 0)
  expect(detail.curveRows.at(-1)).toBe(2999)
  expect(parts).toMatchObject({
    checks: {
      data: { bars: 3000 },
      warmup: {
        bars: 3000,
        indicators: [
          { ids: ['fast'], measured: 4 },
          { ids: ['slow'], measured: 19 },
        ],
      },
      lookahead: { verdict: 'pass', bars: 3000, differences: [] },
    },
    periodic: { summary: { day: { periods: 3 } }, months: [{ fromMs: START_MS }] },
  })
}, 60_000)

test('the first run of a sweep is checked as a backtest is, the others are not', async () => {
  const candles = minutes(600, 12)
  const known = { kind: 'sweep', symbol: 'CHECKED/USDT', candles } as const
  const sweep = await submit({ ...known, axes: [fast([4, 5])] })
  await ended('sweep', sweep)
  const first = await findSweepChecks(database.db, scope, sweep)
  expect(first).toMatchObject({
    params: { 'indicators.fast.params.period': 4 },
    checks: { data: { bars: 600 }, lookahead: { differences: [] } },
  })
  const { rows } = await database.pool.query(
    'select checks is null as unchecked, detail from sweep_run join backtest_result using (address) where sweep_id = $1 order by ordinal',
    [sweep],
  )
  expect(rows).toEqual([
    { unchecked: false, detail: null },
    { unchecked: true, detail: null },
  ])

  // Of another sweep that run is the first: it is computed again for its checks, and known from then on.
  const again = await submit({ ...known, axes: [fast([5])] })
  expect(await ended('sweep', again)).toMatchObject({ status: 'completed', computed: 1 })
  const last = await submit({ ...known, axes: [fast([5])] })
  expect(await ended('sweep', last)).toMatchObject({ status: 'completed', computed: 0 })
  expect((await findSweepChecks(database.db, scope, again))?.checks).not.toBeNull()

  const id = await submit({ kind: 'backtest', symbol: 'CHECKED/USDT', candles })
  expect(await ended('backtest', id)).toMatchObject({ computed: 1 })
  expect((await findSingleRunBlobs(database.db, scope, id))?.checks).not.toBeNull()
}, 60_000)

test('the same backtest is not computed again, not even as part of a sweep', async () => {
  const candles = minutes(3000, 2)
  const first = await submit({ kind: 'backtest', symbol: 'TWO/USDT', candles })
  await ended('backtest', first)
  const again = await submit({ kind: 'backtest', symbol: 'TWO/USDT', candles })
  expect(await ended('backtest', again)).toMatchObject({ status: 'completed', computed: 0 })
  expect((await findSingleRun(database.db, scope, again))?.is_cached).toBe(true)
  const sweep = await submit({ kind: 'sweep', symbol: 'TWO/USDT', candles, axes: [fast([4, 5, 6])] })
  expect(await ended('sweep', sweep)).toMatchObject({ status: 'completed', computed: 2 })
}, 60_000)

const bestRunsOf = (id: string) =>
  database.db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select(['ordinal', 'sweep_run.address', 'trades', 'trades_sha256', 'equity', 'final_equity'])
    .where('sweep_id', '=', id)
    .orderBy('objective_value', (order) => order.desc().nullsLast())
    .orderBy('ordinal')
    .execute()

test('the best twenty of a sweep get the trades and equity that they were measured by, the others none', async () => {
  const axes = [fast(Array.from({ length: 24 }, (_, k) => k + 3))]
  const id = await submit({ kind: 'sweep', symbol: 'BEST/USDT', candles: minutes(3000, 13), axes })
  await ended('sweep', id)
  await allJobsDone(id)
  const runs = await bestRunsOf(id)
  expect(runs).toHaveLength(24)
  for (const [place, { trades, equity, trades_sha256: hash, final_equity: last }] of runs.entries()) {
    if (place >= 20) {
      expect([trades, equity]).toEqual([null, null])
      continue
    }
    expect(sha256Hex(JSON.stringify(unpackTrades(trades!)))).toBe(hash)
    expect(unpackEquity(equity!).equity.at(-1)).toBe(last)
  }
}, 60_000)

test('trades that are not those of the measured run are not kept, and the sweep says so', async () => {
  const known = { symbol: 'OTHER/USDT', candles: minutes(1000, 14) }
  const id = await submit({ ...known, kind: 'sweep', axes: [fast([4, 6])] })
  await ended('sweep', id)
  await allJobsDone(id)
  const { address } = (await bestRunsOf(id))[0]!
  await database.pool.query(
    `update backtest_result set trades = null, equity = null, trades_sha256 = 'of other trades' where address = $1`,
    [address],
  )
  const again = await submit({ ...known, kind: 'sweep', axes: [fast([4, 6])] })
  expect(await ended('sweep', again)).toMatchObject({ status: 'completed', computed: 0 })
  await allJobsDone(again)
  expect((await bestRunsOf(again))[0]).toMatchObject({ trades: null, equity: null })
  const sweep = await findSweep(database.db, scope, { kind: 'sweep', id: again })
  expect(sweep).toMatchObject({ status: 'completed', failed: 0, error_code: 'TRADES_DIFFER' })
  expect(sweep?.error_detail).toContain('expected the trades of other trades')
}, 60_000)

test('an impossible combination fails alone, with its reason and without a retry', async () => {
  const id = await submit({
    kind: 'sweep',
    symbol: 'BAD/USDT',
    candles: minutes(500, 3),
    axes: [fast([0, 5])],
  })
  expect(await ended('sweep', id)).toMatchObject({ status: 'completed', failed: 1, computed: 1 })
  const page = { sweepId: id, sort: 'sharpe', direction: 'desc', limit: 10, offset: 0 } as const
  const failed = (await listRuns(database.db, scope, page)).filter((run) => run.status === 'failed')
  expect(failed).toMatchObject([{ ordinal: 0, error_code: 'INVALID_STRATEGY' }])
  expect(failed[0]?.error_detail).toContain('indicators.fast.params.period: expected')
}, 60_000)

test('candles that moved after the submit fail the run instead of giving other numbers', async () => {
  await queue.pause()
  const id = await submit({ kind: 'backtest', symbol: 'MOVED/USDT', candles: minutes(500, 4) })
  await importSeries('MOVED/USDT', minutes(500, 5))
  await queue.resume()
  expect(await ended('backtest', id)).toMatchObject({ status: 'failed', error_code: 'DATASET_CHANGED' })
  const failed = await waitFor(async () => (await queue.getFailed())[0], {
    describe: 'the job in the failed set',
  })
  expect(failed.failedReason).toContain('DATASET_CHANGED')
  expect(failed.attemptsMade).toBe(1)
}, 60_000)

test('a running sweep stops within a second of its cancellation', async () => {
  const values = Array.from({ length: 200 }, (_, k) => k + 3)
  const id = await submit({
    kind: 'sweep',
    symbol: 'LONG/USDT',
    candles: minutes(400_000, 6),
    axes: [fast(values)],
  })
  await waitFor(async () => (await statusOf('sweep', id)) === 'running', {
    describe: 'the sweep to run',
    limitMs: 30_000,
  })
  const computing = await waitFor(
    async () => {
      const jobs = await queue.getActive()
      return jobs.length > 0 && jobs
    },
    { describe: 'an active chunk' },
  )
  const startedMs = performance.now()
  await database.db.transaction().execute((tx) => cancelSweep(tx, scope, { kind: 'sweep', id }))
  await waitFor(
    async () => (await Promise.all(computing.map((job) => job.isActive()))).every((active) => !active),
    {
      describe: 'the end of the chunks in hand',
      limitMs: 10_000,
      everyMs: 5,
    },
  )
  const stoppedAfterMs = performance.now() - startedMs
  const sweep = await findSweep(database.db, scope, { kind: 'sweep', id })
  expect(sweep).toMatchObject({ status: 'cancelled' })
  expect(sweep?.remaining).toBeGreaterThan(0)
  expect(stoppedAfterMs).toBeLessThan(1000)
}, 60_000)

test('a waiting backtest that was cancelled is never computed', async () => {
  await queue.pause()
  const id = await submit({ kind: 'backtest', symbol: 'WAIT/USDT', candles: minutes(500, 7) })
  await database.db.transaction().execute((tx) => cancelSweep(tx, scope, { kind: 'backtest', id }))
  await queue.resume()
  const next = await submit({ kind: 'backtest', symbol: 'NEXT/USDT', candles: minutes(500, 8) })
  await ended('backtest', next)
  expect(await statusOf('backtest', id)).toBe('cancelled')
  expect(await findSingleRun(database.db, scope, id)).toBeUndefined()
}, 60_000)

test('a job with an unknown name or a broken payload ends in the failed set and harms nobody', async () => {
  await queue.add('sweep.nonsense', { v: 1 }, { jobId: jobIdOf({ id: newId(), generation: 0 }), attempts: 5 })
  await queue.add('sweep.chunk', { v: 99 }, { jobId: jobIdOf({ id: newId(), generation: 0 }), attempts: 5 })
  const reasons = await waitFor(
    async () => {
      const failed = (await queue.getFailed()).map((job) => job.failedReason)
      return failed.filter((reason) => /UNKNOWN_JOB|BAD_PAYLOAD/.test(reason)).length === 2
        ? failed
        : undefined
    },
    { describe: 'both jobs in the failed set' },
  )
  expect(reasons.some((reason) => reason.includes('sweep.nonsense'))).toBe(true)
  const id = await submit({ kind: 'backtest', symbol: 'AFTER/USDT', candles: minutes(500, 9) })
  expect(await ended('backtest', id)).toMatchObject({ status: 'completed' })
}, 60_000)
