import { readFileSync } from 'node:fs'
import { DEFAULT_BACKTEST_CONFIG, runBacktest } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import { type Moments, momentsOf } from '@botcriptofy/engine/metrics'
import { compileStrategy, createSeriesColumns, type Strategy } from '@botcriptofy/engine/strategy'
import {
  backtestOverfitting,
  blockCountFor,
  blockStatistics,
  compareHalves,
  deflatedSharpe,
} from '@botcriptofy/engine/validity'
import { sweepValidity } from '@botcriptofy/contracts/sweep'
import { simulateHistories } from '@botcriptofy/contracts/montecarlo'
import { importCandles } from '@botcriptofy/store/candles'
import { SMA_CROSS as crossing } from '@botcriptofy/testkit/backtest-run'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBlocks, listBlocks } from '@botcriptofy/store/sweep'
import { parseAxis } from '../../apps/cli/src/sweeps/axis.ts'
import { describeValidity } from '../../apps/cli/src/sweeps/validity.ts'
import { DAILY, startTestApi, type TestCaller } from './api.fixture.ts'
import { readGuide } from '../offline/guide.ts'
import { startTestWorker } from './worker.fixture.ts'

const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'
const FASTS = [4, 5, 10, 15, 20]
const SLOWS = [30, 40, 60]
const HOUR_MS = 3_600_000
const HOURLY = { ...DAILY, timeframe: '1h' }
/** Starting and ending within a day; a hundred days and a bit. */
const candles = generateCandles({
  seed: 9,
  bars: 2450,
  timeframeMs: HOUR_MS,
  startMs: Date.UTC(2024, 0, 1, 7),
  startPrice: 100,
})

const api = await startTestApi()
let caller: TestCaller

beforeAll(async () => {
  caller = await api.caller('acme')
  await importCandles(api.database, { ...HOURLY, owner: caller.tenant, isSimulated: true }, candles)
})
afterAll(api.close)

const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
  api.app.inject({ method, url, headers: caller.headers, ...(payload === undefined ? {} : { payload }) })
const get = async (url: string) => {
  const answer = await call('GET', url)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

const submit = async (body: object): Promise<string> =>
  (await call('POST', '/v1/sweeps', { strategy: crossing, candles: HOURLY, ...body })).json().id
const ended = (id: string) =>
  waitFor(async () => (await get(`/v1/sweeps/${id}`)).finishedAtMs, {
    describe: 'the end of the sweep',
    limitMs: 60_000,
  })

interface Run {
  readonly ordinal: number
  readonly params: Readonly<Record<string, number>>
  readonly metrics: Readonly<Record<string, number | null>> | null
}
const runsOf = async (id: string): Promise<readonly Run[]> =>
  (await get(`/v1/sweeps/${id}/results?sort=sharpe&limit=100`)).items

const DAY_MS = 24 * HOUR_MS
const dayOfBar = (bar: number): number => Math.floor(candles.time[bar]! / DAY_MS)

/** Equity of the crossing bar by bar. */
const runOf = (indicators: Strategy['indicators']): Float64Array => {
  const program = compileStrategy({ ...crossing, indicators })
  if (!program.ok) throw new Error(JSON.stringify(program.error))
  const series = createSeriesColumns(candles)
  return runBacktest({ program: program.value, series, config: DEFAULT_BACKTEST_CONFIG }).equity
}

/** The daily returns of one run, from its equity bar by bar and not from its metrics, and the day of the first. */
const dailyReturns = ({ params }: Run, rows: number | null) => {
  const indicators = {
    fast: { type: 'sma', params: { period: params[FAST]! } },
    slow: { type: 'sma', params: { period: params[SLOW]! } },
  }
  const program = compileStrategy({ ...crossing, indicators })
  if (!program.ok) throw new Error(`expected a strategy, was ${JSON.stringify(program.error)}`)
  const config = { ...DEFAULT_BACKTEST_CONFIG, rows }
  const result = runBacktest({ program: program.value, series: createSeriesColumns(candles), config })
  const ofDays = new Map<number, number>()
  for (let bar = result.firstTradableBar; bar < result.bars; bar++) {
    ofDays.set(dayOfBar(bar), result.equity[bar]!)
  }
  const daily = [10_000, ...ofDays.values()]
  return {
    firstDay: dayOfBar(result.firstTradableBar) - dayOfBar(0),
    returns: Float64Array.from(daily.slice(1), (value, k) => value / daily[k]! - 1),
  }
}

const dailyMoments = (run: Run, rows: number | null): Moments => momentsOf(dailyReturns(run, rows).returns)

/** The returns of all runs, which begin with the candles whatever the warm-up of each. */
const blocksOf = (runs: readonly Run[], rows: number | null) => {
  const days = dayOfBar((rows ?? candles.time.length) - 1) - dayOfBar(0) + 1
  const blocks = blockCountFor(days)!
  return runs.map((run) => {
    const { returns, firstDay } = dailyReturns(run, rows)
    return blockStatistics(returns, { days, blocks, firstDay })
  })
}

const overfittingOf = (runs: readonly Run[], rows: number | null) => {
  const judged = backtestOverfitting(blocksOf(runs, rows))
  if (!judged.ok) throw new Error(JSON.stringify(judged.error))
  return judged.value
}

const deviationOf = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

test('a sweep that has not ended is not judged', async () => {
  const id = await submit({ parameters: { [FAST]: [6, 7] } })
  const answer = await call('GET', `/v1/sweeps/${id}/validity`)
  expect([answer.statusCode, answer.json()]).toMatchObject([
    409,
    { code: 'ILLEGAL_TRANSITION', detail: 'expected a sweep that has ended, was queued' },
  ])
})

describe('a sweep that has ended', () => {
  let stopWorker: () => Promise<void>
  beforeAll(() => {
    stopWorker = startTestWorker(api)
  })
  afterAll(() => stopWorker())

  test.each([
    ['all its candles', null],
    ['its first rows', 1000],
  ])(
    'over %s is judged as its equity and its runs say',
    async (_what, rows) => {
      const id = await submit({
        parameters: { [FAST]: FASTS, [SLOW]: SLOWS },
        config: { rows },
      })
      await ended(id)
      const runs = await runsOf(id)
      const view = await get(`/v1/sweeps/${id}/validity`)
      const sharpes = runs.flatMap(({ metrics }) => metrics?.['sharpe'] ?? [])
      expect(sharpes).toHaveLength(15)
      expect(view).toMatchObject({ sweepId: id, objective: 'sharpe', runs: 15, failed: 0 })

      const [best] = runs
      const { n, mean, m2, m3, m4 } = dailyMoments(best!, rows)
      const trialDeviation = deviationOf(sharpes)
      const deflated = deflatedSharpe(
        {
          sharpe: mean / Math.sqrt((m2 * n) / (n - 1)),
          observations: n,
          skewness: m3 / m2 ** 1.5,
          kurtosis: m4 / m2 ** 2,
        },
        { trials: 15, variance: trialDeviation ** 2 / 365 },
      )
      expect(view.deflatedSharpe).toMatchObject({
        reason: null,
        run: { ordinal: best!.ordinal, params: best!.params },
        sharpe: best!.metrics!['sharpe'],
        observations: n,
        trials: 15,
      })
      expect(view.deflatedSharpe.value).toBeCloseTo(Number(deflated), 10)
      expect(view.deflatedSharpe.trialDeviation).toBeCloseTo(trialDeviation, 12)

      const byOrdinal = runs.toSorted((a, b) => a.ordinal - b.ordinal)
      const { probabilityOfOverfitting, probabilityOfLoss, splits } = overfittingOf(byOrdinal, rows)
      expect(view.overfitting).toMatchObject({ reason: null, runs: 15, compared: 15, splits })
      expect(view.overfitting.probability).toBe(probabilityOfOverfitting)
      expect(view.overfitting.probabilityOfLoss).toBe(probabilityOfLoss)

      const halves = compareHalves(blocksOf(byOrdinal, rows))
      if (!halves.ok) throw new Error(JSON.stringify(halves.error))
      const { first, second, days, rankCorrelation } = halves.value
      expect(view.halves).toMatchObject({ compared: 15, days: { first: days[0], second: days[1] } })
      expect(view.halves.rankCorrelation).toBeCloseTo(Number(rankCorrelation), 12)
      expect(view.halves.best.ordinal).toBe(best!.ordinal)
      expect(view.halves.best.second.sharpe).toBeCloseTo(second[best!.ordinal]! * Math.sqrt(365), 10)
      expect(view.halves.chosen.ordinal).toBe(first.indexOf(Math.max(...first)))

      const around = neighboursOf(best!, runs)
      expect(view.best).toMatchObject({ ordinal: best!.ordinal, value: best!.metrics!['sharpe'] })
      expect(view.plateau.neighbours + view.plateau.edges + view.plateau.missing).toBe(4)
      expect(view.plateau.neighbours).toBe(around.length)
      const own = best!.metrics!['sharpe']!
      const losses = around.map((sharpe) => (own - sharpe) / Math.abs(own))
      expect(view.plateau.worstLoss).toBeCloseTo(Math.max(...losses), 12)

      const page = await call('GET', `/v1/sweeps/${id}/report`)
      expect(page.body).toContain('Is it real?')
      expect(page.body).toContain('The best of 15 runs without any skill')
      expect(page.body).toContain('Does choosing choose?')
      expect(page.body.match(/<title>run \d+: /g)!.length).toBeGreaterThan(15)
    },
    60_000,
  )

  test('is judged as the guide shows', async () => {
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
    const words = guide.commands.join(' ')
    const axes = [...words.matchAll(/--param (\S+)/g)].map(([, axis = '']) => parseAxis(axis))
    const strategy = JSON.parse(guide.files.get('strategy.json') ?? '')
    const id = await submit({ strategy, candles: market, parameters: Object.fromEntries(axes) })
    await ended(id)
    const view = sweepValidity.parse(await get(`/v1/sweeps/${id}/validity`))
    expect(describeValidity(view)).toBe(guide.outputs.at(-1))
  }, 60_000)

  test('compares runs that were found computed, evenly taken where there are many', async () => {
    const parameters = { [FAST]: [4, 5, 10], [SLOW]: [30, 40, 60] }
    const [first, again] = [await submit({ parameters }), await submit({ parameters })]
    await Promise.all([ended(first), ended(again)])
    const all = await listBlocks(api.database.db, caller.tenant, { sweepId: again, limit: 9 })
    expect([all.runs, all.known, all.blocks.length]).toEqual([9, 9, 9])
    const some = await listBlocks(api.database.db, caller.tenant, { sweepId: again, limit: 4 })
    expect([some.runs, some.known]).toEqual([9, 9])
    expect(some.blocks).toEqual([2, 4, 6, 8].map((place) => all.blocks[place]))
    expect(some.ordinals).toEqual([2, 4, 6, 8])
    const fifth = await findBlocks(api.database.db, caller.tenant, { sweepId: again, ordinal: 5 })
    expect(fifth).toEqual(all.blocks[5])
    // As those have it that an earlier version computed.
    await api.database.pool.query(
      `update backtest_result set block_returns = null
       where address in (select address from sweep_run where sweep_id = $1 and ordinal > 0)`,
      [again],
    )
    const view = await get(`/v1/sweeps/${again}/validity`)
    expect(view.overfitting).toMatchObject({ probability: null, reason: 'UNKNOWN_BLOCKS', runs: 9 })
  }, 60_000)

  test('of less than 20 days has no probability of overfitting', async () => {
    const id = await submit({ parameters: { [FAST]: [4, 5, 6] }, config: { rows: 400 } })
    await ended(id)
    const view = await get(`/v1/sweeps/${id}/validity`)
    expect(view.overfitting).toMatchObject({
      probability: null,
      reason: 'TOO_FEW_DAYS',
      runs: 3,
      compared: 0,
    })
  }, 60_000)

  test('lies beside a backtest whose histories are those of its own days and trades', async () => {
    const { id } = (await call('POST', '/v1/backtests', { strategy: crossing, candles: HOURLY })).json()
    await waitFor(async () => (await get(`/v1/backtests/${id}`)).finishedAtMs, { describe: 'its end' })
    const rowsOf = async (name: string) => (await get(`/v1/backtests/${id}/${name}?limit=1000`)).items
    const trades = await rowsOf('trades')
    const equity = runOf(crossing.indicators)
    const startEquity = 10_000
    const common = { effect: 'compounded', runs: 1000, seed: 1 } as const
    const expected = simulateHistories(
      { ...common, method: 'blocks', over: 'days' },
      { trades, startEquity, curve: { time: candles.time, equity } },
    )
    const view = await get(`/v1/backtests/${id}/montecarlo`)
    expect(expected).toMatchObject({ ok: true })
    expect(view).toMatchObject({
      method: 'blocks',
      over: 'days',
      seed: 1,
      ...(expected.ok && expected.value),
    })
    const { metrics } = await get(`/v1/backtests/${id}`)
    expect(view.backtest.maxDrawdown).toBe(metrics.maxDrawdown)
    expect(view.observed.maxDrawdown).toBeGreaterThan(metrics.maxDrawdown)

    const range = await get(`/v1/backtests/${id}/montecarlo?method=range&samples=200&seed=7`)
    const filled = simulateHistories(
      { ...common, method: 'range', over: 'trades', runs: 200, seed: 7 },
      { trades, startEquity, candles },
    )
    expect(range).toMatchObject({ over: 'trades', meanBlockLength: null, ...(filled.ok && filled.value) })

    const idle = await call('GET', `/v1/backtests/${id}/montecarlo?upTo=0.1`)
    expect([idle.statusCode, idle.json().errors]).toEqual([
      400,
      [{ path: 'upTo', message: 'expected the method slippage, was blocks' }],
    ])
    const page = await call('GET', `/v1/backtests/${id}/report`)
    expect(page.body).toContain('Other histories')
    expect(page.body).toContain(`botcriptofy bots create --from-backtest ${id}`)
  }, 60_000)

  test('is judged by its objective on the ground, and by the Sharpe ratio against luck', async () => {
    const id = await submit({ parameters: { [FAST]: [5, 10, 15], [SLOW]: [30] }, objective: 'exposureTime' })
    await ended(id)
    const runs = await runsOf(id)
    const view = await get(`/v1/sweeps/${id}/validity`)
    const exposures = runs.map(({ metrics }) => metrics!['exposureTime']!)
    expect(view.best.value).toBe(Math.max(...exposures))
    expect(view.deflatedSharpe.sharpe).toBe(runs[0]!.metrics!['sharpe'])
  }, 60_000)
})

/** Sharpe ratios of the completed runs that stand one step away on the grid of the test. */
const neighboursOf = (best: Run, runs: readonly Run[]): number[] => {
  const place = ({ params }: Run) => [FASTS.indexOf(params[FAST]!), SLOWS.indexOf(params[SLOW]!)] as const
  const [x, y] = place(best)
  return runs.flatMap((run) => {
    const [u, v] = place(run)
    return Math.abs(u - x) + Math.abs(v - y) === 1 ? (run.metrics?.['sharpe'] ?? []) : []
  })
}
