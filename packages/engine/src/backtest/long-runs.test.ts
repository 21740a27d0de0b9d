import { parityOf, type RandomRun, randomRun, type RunKind } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { generateCandles } from '../market/index.ts'
import { backtestMetrics } from '../metrics/index.ts'
import { NO_RISK_LIMITS } from '../risk/index.ts'
import { compileStrategy, createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG } from './index.ts'
import { runBacktest } from './run-backtest.ts'
import { createSweepRunner, type MeasuredRun } from './sweep-runner.ts'
import { tradeRows } from './trade-rows.ts'

/** Enough for plans of round trips at their full length. */
const BARS = 6000
/** Orders take the step-by-step loop longer. */
const ORDERED_BARS = 2500

const period = (value: number) => ({ type: 'sma', params: { period: value } })
const above = { left: 'fast', op: '>', right: 'slow' } as const
const notAbove = { left: 'fast', op: '<=', right: 'slow' } as const

/** In the market at nearly every bar, on the side the faster mean is on. */
const REVERSING: Strategy = {
  name: 'reversing',
  version: 1,
  direction: 'both',
  indicators: { fast: period(2), slow: period(3) },
  entry: { long: above, short: notAbove },
  sizing: { kind: 'equityFraction', value: 0.5 },
}
const LONG_ONLY: Strategy = {
  ...REVERSING,
  direction: 'long',
  entry: { long: above },
  exit: { long: notAbove },
}
/** Few signals, so that positions last for many windows of bars. */
const PATIENT: Strategy = {
  ...REVERSING,
  indicators: { fast: period(300), slow: period(900) },
  entry: {
    long: { left: 'fast', op: 'crosses_above', right: 'slow' },
    short: { left: 'fast', op: 'crosses_below', right: 'slow' },
  },
}
const BRACKET = { stopLoss: { fraction: 0.02 }, takeProfit: { fraction: 0.03 } }
const TRAILING = { fraction: 0.01, activationFraction: 0.01 }

type LongCase = readonly [name: string, strategy: Strategy, settings: Partial<BacktestConfig>]

/** What signals and the levels of a position lead to; a sweep walks these by windows of bars. */
const PLAIN: readonly LongCase[] = [
  ['reverses all the time', REVERSING, { feeRate: 0, slippageRate: 0 }],
  ['goes long only', LONG_ONLY, {}],
  [
    'goes short only',
    { ...REVERSING, direction: 'short', exit: { short: above } },
    { endOfData: 'leave_open' },
  ],
  ['sits positions out', PATIENT, { endOfData: 'last_open' }],
  [
    'sits out positions far from stop and target',
    { ...PATIENT, stopLoss: { fraction: 0.5 }, takeProfit: { fraction: 0.9 } },
    {},
  ],
  ['has stop and target', { ...REVERSING, ...BRACKET }, {}],
  ['has the best path', { ...REVERSING, ...BRACKET }, { path: 'best', limitTouch: 'touch' }],
  ['trails from the entry on', { ...LONG_ONLY, trailingStop: { fraction: 0.02 } }, { path: 'ohlc' }],
  ['trails beside a bracket', { ...REVERSING, ...BRACKET, trailingStop: TRAILING }, { path: 'stop_first' }],
]

/** What needs orders. */
const ORDERED: readonly LongCase[] = [
  [
    'enters by limit',
    {
      ...REVERSING,
      ...BRACKET,
      entryOrder: { kind: 'limit', limit: { offsetFraction: 0.002 }, expireBars: 2 },
    },
    { latencyBars: 1 },
  ],
  [
    'enters by stop, on margin',
    { ...REVERSING, ...BRACKET, entryOrder: { kind: 'stop', stop: { offsetFraction: 0.001 } } },
    { leverage: 3, fundingRate: 0.0001 },
  ],
  [
    'averages down and takes partial profits',
    {
      ...REVERSING,
      ...BRACKET,
      scaleIn: [{ fraction: 0.004, size: 1 }],
      scaleOut: [{ fraction: 0.006, share: 0.5 }],
    },
    { participation: 0.5 },
  ],
  [
    'leaves after a time, under limits',
    { ...REVERSING, trailingStop: TRAILING, timeExit: { bars: 3 } },
    { risk: { ...NO_RISK_LIMITS, cooldownBars: 2 } },
  ],
]

const longRun = ([, strategy, settings]: LongCase, bars: number): RandomRun => {
  const barMs = 3_600_000
  const market = { seed: 7, bars, startMs: 1_700_006_400_000, timeframeMs: barMs, startPrice: 100 }
  const candles = generateCandles({ ...market, outagesPerDay: 0.5 })
  const compiled = compileStrategy(strategy, { barMs })
  if (!compiled.ok) throw new RangeError(JSON.stringify(compiled.error))
  const config = {
    ...DEFAULT_BACKTEST_CONFIG,
    feeRate: 0.0001,
    slippageRate: 0,
    priceTick: 0.05,
    ...settings,
  }
  return { series: { candles, barMs, tick: 0.05 }, strategy, program: compiled.value, config }
}

const columnsOf = ({ series }: RandomRun) => createSeriesColumns(series.candles, { barMs: series.barMs })

const comparable = ({ trades, ...run }: MeasuredRun, { series }: RandomRun) => ({
  ...run,
  trades: tradeRows(trades, series.candles),
})

/** The run of a sweep, which must have every number of the ordinary run. */
const sweptTrades = (run: RandomRun): number => {
  const { program, config, series } = run
  const { equity, ...ordinary } = runBacktest({ program, series: columnsOf(run), config })
  const openEntryIndex = ordinary.openPosition?.entryIndex
  const metrics = backtestMetrics({ ...config, ...ordinary, candles: series.candles, equity, openEntryIndex })
  const swept = createSweepRunner(columnsOf(run), config).run(program)
  expect(comparable(swept, run)).toStrictEqual(comparable({ ...ordinary, ...metrics }, run))
  return swept.trades.length
}

/** Short runs never fill a plan of round trips, and their positions end within a few windows of bars. */
describe('a backtest of thousands of bars', { timeout: 60_000 }, () => {
  it.each(PLAIN)('that %s is the same by columns, step by step and in a sweep', (...longCase) => {
    const run = longRun(longCase, BARS)
    const { differences, trades } = parityOf(run)
    expect(differences).toEqual([])
    expect(sweptTrades(run)).toBe(trades)
    expect(trades).toBeGreaterThan(longCase[1].indicators['fast']?.params?.['period'] === 2 ? 1000 : 3)
  })

  it.each(ORDERED)('that %s is the same by columns and step by step', (...longCase) => {
    const { differences, trades } = parityOf(longRun(longCase, ORDERED_BARS))
    expect(differences).toEqual([])
    expect(trades).toBeGreaterThan(300)
  })

  it.each<readonly [RunKind, number]>([
    ['plain', 10],
    ['featured', 6],
    ['detailed', 3],
  ])('is the same in %s runs of any kind', (kind, runs) => {
    let total = 0
    for (let seed = 1; seed <= runs; seed++) {
      const { config, ...drawn } = randomRun(seed, kind, ORDERED_BARS)
      const run = { ...drawn, config: { ...config, rows: null } }
      const { differences, trades } = parityOf(run)
      expect(differences, `seed ${seed}`).toEqual([])
      if (kind === 'plain') expect(sweptTrades(run), `seed ${seed}`).toBe(trades)
      total += trades
    }
    expect(total).toBeGreaterThan(50 * runs)
  })
})
