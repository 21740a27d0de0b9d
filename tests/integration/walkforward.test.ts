import { readFileSync } from 'node:fs'
import { DEFAULT_BACKTEST_CONFIG, runBacktest, toBacktestReport } from '@botcriptofy/engine/backtest'
import { generateCandles, sliceCandles } from '@botcriptofy/engine/market'
import {
  compileStrategy,
  createSeriesColumns,
  settledFrom,
  type Strategy,
} from '@botcriptofy/engine/strategy'
import type { JobContext } from '@botcriptofy/contracts/job'
import { joinTests, type WalkForwardView, walkforwardView } from '@botcriptofy/contracts/walkforward'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { importCandles } from '@botcriptofy/store/candles'
import { newId } from '@botcriptofy/store/database'
import { pruneExpired } from '@botcriptofy/store/retention'
import { SMA_CROSS as crossing } from '@botcriptofy/testkit/backtest-run'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAxis } from '../../apps/cli/src/sweeps/axis.ts'
import { describeWalkForward } from '../../apps/cli/src/walkforward/walkforward-text.ts'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startPools } from '../../apps/worker/src/pools.ts'
import { giveUpStep, walkforwardHandlers } from '../../apps/worker/src/walkforward/walkforward.jobs.ts'
import { readGuide } from '../offline/guide.ts'
import { DAILY, startTestApi, type TestCaller } from './api.fixture.ts'

const FAST = 'indicators.fast.params.period'
const FASTS = [4, 6, 9]
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const HOURLY = { ...DAILY, timeframe: '1h' }
const START_MS = Date.UTC(2024, 0, 1)
const candles = generateCandles({
  seed: 21,
  bars: 130 * 24,
  timeframeMs: HOUR_MS,
  startMs: START_MS,
  startPrice: 100,
})
const PLAN = { trainMs: 40 * DAY_MS, testMs: 20 * DAY_MS, purgeMs: 2 * DAY_MS, embargoMs: DAY_MS }

const api = await startTestApi()
let caller: TestCaller
beforeAll(async () => {
  caller = await api.caller('acme')
  await importCandles(api.database, { ...HOURLY, owner: caller.tenant, isSimulated: true }, candles)
})
afterAll(api.close)

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  api.app.inject({ method, url, headers: caller.headers, ...(payload === undefined ? {} : { payload }) })
const get = async (url: string) => {
  const answer = await call('GET', url)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}
const submit = async (windows: object, over: object = {}): Promise<string> => {
  const body = { strategy: crossing, parameters: { [FAST]: FASTS }, candles: HOURLY, windows, ...over }
  const answer = await call('POST', '/v1/walkforwards', body)
  expect(answer.statusCode, answer.body).toBe(202)
  return answer.json().id
}
const viewOf = async (id: string): Promise<WalkForwardView> =>
  walkforwardView.parse(await get(`/v1/walkforwards/${id}`))
const ended = async (id: string): Promise<WalkForwardView> => {
  await waitFor(async () => (await viewOf(id)).finishedAtMs, { describe: 'the end', limitMs: 50_000 })
  return viewOf(id)
}

const deliveryOf = (outboxId: string): JobContext => ({
  outboxId,
  jobId: `${outboxId}-1`,
  signal: new AbortController().signal,
  isLastAttempt: false,
  stalls: 0,
  reportProgress: async () => undefined,
})

const startWorker = () => {
  const deps = {
    database: api.database,
    redisUrl: api.namespace.url,
    registry: createMetrics('test'),
    log: createLog({ name: 'test', level: 'silent' }),
  }
  const control = startControl({ ...deps, namespace: api.namespace.prefix })
  const pools = startPools({
    ...deps,
    config: {
      DATABASE_URL: api.database.url,
      REDIS_URL: api.namespace.url,
      LOG_LEVEL: 'silent',
      WORKER_ROLES: ['backtest'],
      BACKTEST_THREADS: 1,
      INDICATOR_MODULES: [],
      CANDLE_CACHE_BYTES: 1e9,
      QUEUE_NAMESPACE: api.namespace.prefix,
    },
  })
  return async () => {
    await pools.stop()
    await control.stop()
  }
}

const barAt = (timeMs: number): number => (timeMs - START_MS) / HOUR_MS
const strategyOf = (fast: number): Strategy => ({
  ...crossing,
  indicators: { ...crossing.indicators, fast: { type: 'sma', params: { period: fast } } },
})

/** A run of the engine over bars [from, to), without queue or database. */
const direct = (fast: number, range: { from: number; to: number; signalsFromBar?: number }) => {
  const compiled = compileStrategy(strategyOf(fast), { barMs: HOUR_MS })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  const part = sliceCandles(candles, range.from, range.to)
  const config = { ...DEFAULT_BACKTEST_CONFIG, signalsFromBar: range.signalsFromBar ?? 0 }
  const program = compiled.value
  const result = runBacktest({ program, series: createSeriesColumns(part), config })
  const report = toBacktestReport({
    result,
    candles: part,
    config,
    program,
    sha256: () => '',
    withEquity: false,
  })
  return {
    report,
    time: part.time,
    equity: result.equity,
    warmUp: Math.max(settledFrom(program, HOUR_MS), program.firstSignalBar) + 1,
  }
}

/** The whole walk-forward by direct calls. */
const expectedOf = (mode: 'anchored' | 'rolling') => {
  const [train, test, gap] = [40 * 24, 20 * 24, 3 * 24]
  return Array.from({ length: 4 }, (_, place) => {
    const testFrom = train + gap + place * test
    const trainTo = testFrom - gap
    const trainFrom = mode === 'anchored' ? 0 : trainTo - train
    const runs = FASTS.map((fast) => ({ fast, ...direct(fast, { from: trainFrom, to: trainTo }) }))
    const [best] = runs.toSorted((a, b) => b.report.metrics.sharpe! - a.report.metrics.sharpe!)
    const from = testFrom - best!.warmUp
    const tested = direct(best!.fast, { from, to: testFrom + test, signalsFromBar: best!.warmUp - 1 })
    return {
      trainFrom,
      trainTo,
      testFrom,
      testTo: testFrom + test,
      fast: best!.fast,
      trained: best!.report,
      tested,
    }
  })
}

describe('a walk-forward', () => {
  let stopWorker: () => Promise<void>
  beforeAll(() => {
    stopWorker = startWorker()
  })
  afterAll(() => stopWorker())

  test.each(['anchored', 'rolling'] as const)(
    'that is %s has the numbers of direct engine calls',
    async (mode) => {
      const id = await submit({ mode, ...PLAN })
      const view = await ended(id)
      expect(view).toMatchObject({ status: 'completed', error: null, windows: { done: 4, total: 4 } })
      expect(view.progress).toMatchObject({ done: 16, total: 16 })
      const expected = expectedOf(mode)
      for (const [place, window] of expected.entries()) {
        const { train, test: tested, params } = view.windowList[place]!
        expect([barAt(train.fromMs), barAt(train.toMs)]).toEqual([window.trainFrom, window.trainTo])
        expect([barAt(tested.fromMs), barAt(tested.toMs)]).toEqual([window.testFrom, window.testTo])
        expect(params).toEqual({ [FAST]: window.fast })
        expect(train.objectiveValue).toBe(window.trained.metrics.sharpe)
        expect(train.totalReturn).toBe(window.trained.metrics.totalReturn)
        const { metrics, trades } = window.tested.report
        expect(tested).toMatchObject({
          totalReturn: metrics.totalReturn,
          sharpe: metrics.sharpe,
          trades: trades.length,
        })
        for (const { entryTime, exitTime } of trades) {
          expect(entryTime).toBeGreaterThanOrEqual(tested.fromMs)
          expect(exitTime).toBeLessThan(tested.toMs)
        }
      }
      const joined = joinTests({
        axes: [[FAST, FASTS]],
        config: DEFAULT_BACKTEST_CONFIG,
        windows: expected.map(({ trainFrom, trainTo, testFrom, fast, trained, tested }) => ({
          trainMs: (trainTo - trainFrom) * HOUR_MS,
          testMs: PLAN.testMs,
          testFromMs: candles.time[testFrom]!,
          tested: {
            params: { [FAST]: fast },
            trainReturn: trained.metrics.totalReturn,
            testReturn: tested.report.metrics.totalReturn,
            trades: tested.report.trades.length,
            time: tested.time,
            equity: tested.equity,
          },
        })),
      })
      expect(view.result).toEqual(joined.result)
      // Compounded by hand: what the tests returned, one after the other.
      const growth = expected.reduce(
        (product, { tested }) => product * (1 + tested.report.metrics.totalReturn!),
        1,
      )
      expect(view.result!.finalEquity).toBeCloseTo(10_000 * growth, 6)
      const page = await get(`/v1/walkforwards/${id}/equity?limit=1000`)
      expect(page.items).toEqual(
        Array.from({ length: 1000 }, (_, row) => [joined.time[row], joined.equity[row]]),
      )

      const report = await call('GET', `/v1/walkforwards/${id}/report`)
      expect([report.statusCode, report.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
      expect(report.body.match(/<polyline/g)).toHaveLength(2)
      expect(report.body).toContain('Drift of the parameters')
      expect(describeWalkForward(view)).toContain(`, ${view.result!.trades} trades\n`)

      const lists = await Promise.all(['sweeps', 'backtests'].map((name) => get(`/v1/${name}`)))
      expect(lists.map(({ items }) => items)).toEqual([[], []])
      const { sweepId } = view.windowList[0]!.train
      expect((await get(`/v1/sweeps/${sweepId}`)).status).toBe('completed')
      expect((await call('DELETE', `/v1/backtests/${view.windowList[0]!.test.backtestId}`)).statusCode).toBe(
        409,
      )
    },
    60_000,
  )

  test('is told as the guide shows', async () => {
    const guide = readGuide('is-it-real.md')
    const market = { venue: 'coinbase', symbol: 'BTC/USD', timeframe: '1d' }
    const sample = new URL('../../apps/cli/sample/coinbase-BTC-USD-1d.csv', import.meta.url)
    await api.app.inject({
      method: 'POST',
      url: '/v1/candles/import',
      query: market,
      headers: { ...caller.headers, 'content-type': 'text/csv' },
      payload: readFileSync(sample, 'utf8'),
    })
    const [words = ''] = guide.commands.join(' ').split('sweeps submit')
    const axes = [...words.matchAll(/--param (\S+)/g)].map(([, axis = '']) => parseAxis(axis))
    const lengths = Object.fromEntries(
      [...words.matchAll(/--(train|test|purge|embargo) (\d+)d/g)].map(([, name, days]) => [
        `${name}Ms`,
        Number(days) * DAY_MS,
      ]),
    )
    const [, mode] = /--mode (\w+)/.exec(words) ?? []
    const strategy = JSON.parse(guide.files.get('strategy.json') ?? '')
    const over = { strategy, candles: market, parameters: Object.fromEntries(axes) }
    expect(describeWalkForward(await ended(await submit({ mode, ...lengths }, over)))).toBe(guide.outputs[2])
  }, 60_000)

  test('stands still where no run of a training can be ranked', async () => {
    const never = { ...crossing, entry: { long: { left: 'close', op: '<', right: 0 } } }
    const view = await ended(await submit({ mode: 'rolling', ...PLAN }, { strategy: never }))
    expect(view).toMatchObject({ status: 'completed', windows: { done: 4 } })
    expect(view.windowList.map(({ params, test: { backtestId } }) => [params, backtestId])).toEqual(
      Array.from({ length: 4 }, () => [null, null]),
    )
    expect(view.result).toMatchObject({
      finalEquity: 10_000,
      trades: 0,
      efficiency: { value: null, reason: 'NO_TRAINING_PROFIT' },
    })
  }, 60_000)

  test('counts every step once, however often its jobs are delivered', async () => {
    const id = await submit({ mode: 'rolling', ...PLAN })
    const before = await ended(id)
    const jobs = await api.database.pool.query(
      `select id, name, payload from job_outbox where subject_id = $1 order by random()`,
      [id],
    )
    // The plan, a step for each of four trainings and four tests, and the joining.
    expect(jobs.rows).toHaveLength(10)
    const handlers = walkforwardHandlers(api.db)
    for (const { id: outboxId, name, payload } of jobs.rows) {
      const handle = handlers[name as 'walkforward.step']
      const context = deliveryOf(outboxId)
      expect(await handle(payload, context)).toEqual({ outcome: 'duplicate' })
    }
    expect(await viewOf(id)).toEqual(before)
  }, 60_000)
})

test('a walk-forward that is cancelled takes its runs with it', async () => {
  const id = await submit({ mode: 'rolling', ...PLAN })
  const handlers = walkforwardHandlers(api.db)
  const { rows } = await api.database.pool.query('select id, payload from job_outbox where subject_id = $1', [
    id,
  ])
  const context = deliveryOf(rows[0].id)
  expect(await handlers['walkforward.plan'](rows[0].payload, context)).toEqual({ outcome: 'done' })
  const running = await viewOf(id)
  expect(running).toMatchObject({ status: 'running', windows: { done: 0 } })
  const { sweepId } = running.windowList[0]!.train
  expect((await call('POST', `/v1/sweeps/${sweepId}/cancel`, {})).json()).toMatchObject({
    code: 'ILLEGAL_TRANSITION',
  })
  expect((await call('POST', `/v1/walkforwards/${id}/cancel`, {})).json()).toEqual({
    id,
    status: 'cancelled',
  })
  const children = await api.database.pool.query('select status from sweep where walkforward_id = $1', [id])
  expect(children.rows).toEqual(Array.from({ length: 4 }, () => ({ status: 'cancelled' })))
  const open = await api.database.pool.query('select from job_outbox where done_at is null')
  expect(open.rowCount).toBe(0)
  const late = { tenantId: caller.tenant.tenantId, walkforwardId: id, sweepId: sweepId!, v: 1 as const }
  expect(await handlers['walkforward.step'](late, context)).toEqual({ outcome: 'not wanted' })
  // Nothing of it is old enough for the runs' own rule: they go with the walk-forward.
  await api.database.pool.query(
    "update walkforward set finished_at = now() - interval '400 days' where id = $1",
    [id],
  )
  const pruned = await pruneExpired(api.db)
  expect(pruned.find(({ table }) => table === 'walkforward')?.rows).toBe(1)
  const left = await api.database.pool.query('select from sweep where walkforward_id = $1', [id])
  expect(left.rowCount).toBe(0)
})

test('a step that no try gets through ends a walk-forward with its reason, and what is under way with it', async () => {
  const id = await submit({ mode: 'rolling', ...PLAN })
  const { rows } = await api.database.pool.query(
    'select id, name, payload from job_outbox where subject_id = $1',
    [id],
  )
  const [job] = rows
  await walkforwardHandlers(api.db)['walkforward.plan'](job.payload, deliveryOf(job.id))
  const { sweepId } = (await viewOf(id)).windowList[0]!.train
  const lost = { id: newId(), name: 'walkforward.step', payload: { ...job.payload, sweepId } }
  await giveUpStep(api.db)(lost, 'the job stalled too often')
  expect(await viewOf(id)).toMatchObject({
    status: 'failed',
    error: { code: 'STEP_FAILED', detail: 'the job stalled too often' },
  })
  const runs = await api.database.pool.query('select status from sweep where walkforward_id = $1', [id])
  expect(new Set(runs.rows.map(({ status }) => status))).toEqual(new Set(['cancelled']))
})

test('candles that moved since the submit end a walk-forward', async () => {
  const other = { ...HOURLY, symbol: 'ETH/USD' }
  const target = { ...other, owner: caller.tenant, isSimulated: true }
  await importCandles(api.database, target, candles)
  const id = await submit({ mode: 'rolling', ...PLAN }, { candles: other })
  await importCandles(api.database, target, {
    ...candles,
    volume: candles.volume.map((volume) => volume + 1),
  })
  const { rows } = await api.database.pool.query('select id, payload from job_outbox where subject_id = $1', [
    id,
  ])
  const context = deliveryOf(rows[0].id)
  await walkforwardHandlers(api.db)['walkforward.plan'](rows[0].payload, context)
  expect(await viewOf(id)).toMatchObject({ status: 'failed', error: { code: 'DATASET_CHANGED' } })
})

test.each([
  ['a length that cuts bars', { mode: 'rolling', ...PLAN, testMs: HOUR_MS / 2 }, {}, 'windows.testMs'],
  ['candles that are too few', { mode: 'rolling', ...PLAN, trainMs: 400 * DAY_MS }, {}, 'candles'],
  ['rows of its own', { mode: 'rolling', ...PLAN }, { config: { rows: 5 } }, 'config'],
])('a walk-forward with %s is refused', async (_what, windows, over, path) => {
  const body = { strategy: crossing, parameters: { [FAST]: FASTS }, candles: HOURLY, windows, ...over }
  const answer = await call('POST', '/v1/walkforwards', body)
  expect([400, 422]).toContain(answer.statusCode)
  expect(answer.json().errors[0].path).toBe(path)
})
