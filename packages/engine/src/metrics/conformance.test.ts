import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tradeLogOf, type TradeRow } from '@botcriptofy/testkit/trades'
import { describe, expect, it } from 'vitest'
import { curveMetrics } from './curve-metrics.ts'
import { DAY_MS } from './daily.ts'
import type { SeriesMetricKey } from './keys.ts'
import { periodicTables } from './periodic.ts'
import { tradeResults } from './trade-results.ts'
import { tradeShape } from './trade-shape.ts'

const dataDirectory = process.env['CONFORMANCE_DATA']

const readText = (...path: readonly string[]): string =>
  readFileSync(join(dataDirectory ?? '', ...path), 'utf8')

/** The cells of a CSV of numbers below its header. */
const readRows = (...path: readonly string[]): readonly (readonly number[])[] =>
  readText(...path)
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))

interface StoredTrade {
  readonly entry_bar: number
  readonly exit_bar: number
  readonly pnl_net: number
  readonly return_net: number
  readonly commission: number
}

interface StoredBacktest {
  readonly trades: readonly StoredTrade[]
  readonly equity_daily: readonly (readonly [number, number])[]
  readonly stats_backtesting_py: Readonly<Record<string, number | { readonly ms: number }>>
}

const readBacktest = (name: string): StoredBacktest =>
  JSON.parse(readText('backtests', `${name}.json`)) as StoredBacktest

interface StoredMetrics {
  readonly curves: Readonly<Record<string, { readonly metrics: Readonly<Record<string, number>> }>>
  readonly trade_metrics: Readonly<Record<string, number>>
}

const readMetrics = (): StoredMetrics =>
  JSON.parse(readText('metrics', 'bt11-sma-cross-eth-1h.metrics.json')) as StoredMetrics

const logOf = (trades: readonly StoredTrade[]) =>
  tradeLogOf(
    trades.map((trade): TradeRow => ({
      entryIndex: trade.entry_bar,
      exitIndex: trade.exit_bar,
      pnl: trade.pnl_net,
      returnFraction: trade.return_net,
      fees: trade.commission,
    })),
  )

/** One figure of ours beside the published one. */
interface Pair {
  readonly what: string
  readonly actual: unknown
  readonly expected: number | undefined
}

/** The names of the figures further apart than the relative tolerance, with both values. */
const differing = (pairs: readonly Pair[], tolerance: number): readonly string[] =>
  pairs
    .filter(({ actual, expected }) => {
      if (typeof actual !== 'number' || expected === undefined) return true
      return !(Math.abs(actual - expected) <= tolerance * Math.abs(expected))
    })
    .map(({ what, actual, expected }) => `${what}: ${String(actual)} for ${String(expected)}`)

const RATES = { riskFreeRate: 0, periodsPerYear: 365 }

describe.skipIf(dataDirectory === undefined)('the published curves', () => {
  const KEYS: readonly (readonly [SeriesMetricKey, string, number])[] = [
    ['totalReturn', 'total_return', 1],
    ['volatilityAnn', 'volatility_annual', 1],
    ['cagr', 'cagr', 1],
    ['sharpe', 'sharpe', 1],
    ['sortino', 'sortino', 1],
    ['maxDrawdown', 'max_drawdown', 1],
    ['calmar', 'calmar', 1],
    ['var95', 'var95_historical', 1],
    ['cvar95', 'cvar95_historical', 1],
    ['ulcerIndex', 'ulcer_index_percent', 0.01],
    ['skew', 'skewness_sample_adjusted', 1],
    ['excessKurtosis', 'excess_kurtosis_sample_adjusted', 1],
    ['omega', 'omega_0', 1],
    ['maxDrawdownDurationMs', 'longest_drawdown_days', DAY_MS],
  ]

  it.each(['strategy', 'buy_and_hold_close'])('%s: every metric of equal definition is equal', (curve) => {
    const stored = readMetrics()
    const rows = readRows('metrics', `bt11-sma-cross-eth-1h.${curve}.equity-daily.csv`)
    const { metrics } = curveMetrics({
      time: Float64Array.from(rows, (row) => row[0] ?? Number.NaN),
      equity: Float64Array.from(rows, (row) => row[1] ?? Number.NaN),
      ...RATES,
    })
    const pairs = KEYS.map(([key, name, scale]) => ({
      what: key,
      actual: metrics[key],
      expected: (stored.curves[curve]?.metrics[name] ?? Number.NaN) * scale,
    }))
    expect(differing(pairs, 1e-9)).toEqual([])
  })

  it.each(['strategy', 'buy_and_hold_close'])('%s: the best, worst and positive days are equal', (curve) => {
    const stored = readMetrics().curves[curve]?.metrics ?? {}
    const rows = readRows('metrics', `bt11-sma-cross-eth-1h.${curve}.equity-daily.csv`)
    const [start, ...days] = rows.map((row) => row[1] ?? Number.NaN)
    const { day } = periodicTables({
      time: Float64Array.from(rows.slice(1), (row) => row[0] ?? Number.NaN),
      equity: Float64Array.from(days),
      initialCapital: start ?? Number.NaN,
      firstTradableBar: 0,
      trades: [],
    }).summary
    const pairs: readonly Pair[] = [
      { what: 'days', actual: day.periods, expected: stored['returns'] },
      { what: 'best', actual: day.best?.returnFraction, expected: stored['best_day'] },
      { what: 'worst', actual: day.worst?.returnFraction, expected: stored['worst_day'] },
      { what: 'positive', actual: day.positiveFraction, expected: stored['positive_days_fraction'] },
      { what: 'mean', actual: day.meanReturn, expected: stored['mean_daily_return'] },
    ]
    expect(differing(pairs, 1e-9)).toEqual([])
  })

  it('trade metrics of the stored trade list are equal', () => {
    const { trade_metrics: stored } = readMetrics()
    const { trades } = readBacktest('bt11-sma-cross-eth-1h')
    const results = tradeResults(logOf(trades))
    const keys = [
      ['trades', 'trades'],
      ['wins', 'wins'],
      ['losses', 'losses'],
      ['winRate', 'win_rate'],
      ['profitFactor', 'profit_factor'],
      ['expectancy', 'expectancy'],
      ['payoffRatio', 'payoff'],
      ['maxConsecutiveWins', 'max_consecutive_wins'],
      ['maxConsecutiveLosses', 'max_consecutive_losses'],
      ['kelly', 'kelly'],
      ['sqn', 'sqn'],
    ] as const
    const shape = tradeShape(
      logOf(trades),
      Float64Array.from({ length: 30_000 }, (_, bar) => bar),
    )
    const pairs = [
      ...keys.map(([key, name]) => ({ what: key, actual: results[key], expected: stored[name] })),
      { what: 'fees', actual: shape.fees, expected: stored['total_commission'] },
      { what: 'duration', actual: shape.avgTradeDurationMs, expected: stored['average_holding_bars'] },
    ]
    expect(differing(pairs, 1e-9)).toEqual([])
  })
})

describe.skipIf(dataDirectory === undefined)('the figures of backtesting.py where the formulas agree', () => {
  const NAMES = [
    'bt01-sma-cross-btc-1d',
    'bt02-sma-cross-btc-1d-no-fee',
    'bt06-sma-cross-sl5-tp10-btc-1d',
    'bt09-sma-cross-goog-1d-whole-shares',
    'bt12-sma-cross-sl3-tp6-goog-1d-whole-shares',
  ]

  it.each(NAMES)('%s', (name) => {
    const { equity_daily: equity, trades, stats_backtesting_py: stats } = readBacktest(name)
    const { metrics } = curveMetrics({
      time: Float64Array.from(equity, ([time]) => time),
      equity: Float64Array.from(equity, ([, value]) => value),
      ...RATES,
    })
    const results = tradeResults(logOf(trades))
    const shape = tradeShape(
      logOf(trades),
      Float64Array.from(equity, ([time]) => time),
    )
    const figureOf = (key: string): number => {
      const stored = stats[key] ?? Number.NaN
      return typeof stored === 'number' ? stored : stored.ms
    }
    const pairs: readonly (readonly [string, unknown, number])[] = [
      ['Return [%]', metrics.totalReturn, 0.01],
      ['Max. Drawdown [%]', metrics.maxDrawdown, 0.01],
      ['Avg. Drawdown [%]', metrics.avgDrawdown, 0.01],
      ['Win Rate [%]', results.winRate, 0.01],
      ['Profit Factor', results.profitFactorPct, 1],
      ['Expectancy [%]', results.expectancyPct, 0.01],
      ['SQN', results.sqn, 1],
      ['Kelly Criterion', results.kelly, 1],
      ['# Trades', results.trades, 1],
      ['Best Trade [%]', shape.bestTradePct, 0.01],
      ['Worst Trade [%]', shape.worstTradePct, 0.01],
      ['Avg. Trade [%]', shape.avgTradePct, 0.01],
    ]
    const compared = pairs.map(([what, actual, scale]) => ({
      what,
      actual,
      expected: figureOf(what) * scale,
    }))
    expect(differing(compared, 1e-6)).toEqual([])
    // A run without fees has no such row.
    expect(shape.fees).toBeCloseTo('Commissions [$]' in stats ? figureOf('Commissions [$]') : 0, 6)
    expect(metrics.maxDrawdownDurationMs).toBe(figureOf('Max. Drawdown Duration'))
    expect(shape.maxTradeDurationMs).toBe(figureOf('Max. Trade Duration'))
  })
})

describe.skipIf(dataDirectory === undefined)(
  'SMA 10/30 on GOOG, always in the market, whole shares, no fees',
  () => {
    /** The curve of backtesting.py's own fixture: flips at the next open, the last trade ends at the last open. */
    const run = () => {
      const rows = readRows('candles', 'GOOG-1d.csv')
      const [time, open, close] = [0, 1, 4].map((column) => rows.map((row) => row[column] ?? Number.NaN)) as [
        number[],
        number[],
        number[],
      ]
      const mean = (end: number, period: number) =>
        close.slice(end - period + 1, end + 1).reduce((sum, value) => sum + value, 0) / period
      const isAbove = close.map((_, i) => (i < 29 ? null : mean(i, 10) > mean(i, 30)))
      const trades: TradeRow[] = []
      const equity: number[] = []
      let cash = 10_000
      let units = 0
      let entryIndex = 0
      const closeAt = (i: number, price: number) => {
        if (units === 0) return
        const entryPrice = open[entryIndex] as number
        const pnl = units * (price - entryPrice)
        cash += pnl
        trades.push({ entryIndex, exitIndex: i, pnl, returnFraction: pnl / (Math.abs(units) * entryPrice) })
        units = 0
      }
      for (let i = 0; i < rows.length; i++) {
        const price = open[i] as number
        const [signal, before] = [isAbove[i - 1] ?? null, isAbove[i - 2] ?? null]
        if (i === rows.length - 1) closeAt(i, price)
        else if (signal !== null && before !== null && signal !== before) {
          closeAt(i, price)
          units = Math.floor(cash / price) * (signal ? 1 : -1)
          entryIndex = i
        }
        equity.push(cash + units * ((close[i] as number) - (open[entryIndex] as number)))
      }
      return { time: Float64Array.from(time), equity: Float64Array.from(equity), trades: tradeLogOf(trades) }
    }

    it('gives the published values on one observation per listed bar', () => {
      const { time, equity, trades } = run()
      const listed = Float64Array.from(time, (_, i) => i * DAY_MS)
      const per365 = curveMetrics({ time: listed, equity, ...RATES }).metrics
      const per252 = curveMetrics({ time: listed, equity, riskFreeRate: 0, periodsPerYear: 252 }).metrics
      const onDates = curveMetrics({ time, equity, ...RATES }).metrics
      const results = tradeResults(trades)
      const pairs: readonly (readonly [string, unknown, number])[] = [
        ['trades', results.trades, 66],
        ['final equity', equity[equity.length - 1], 51422.98999999996],
        ['sharpe(252)', per252.sharpe, 0.7983515642],
        ['sharpe(365)', per365.sharpe, 0.9608162563],
        ['sortino(252)', per252.sortino, 1.2057881056],
        ['sortino(365)', per365.sortino, 1.4511662097],
        ['vol(252)', per252.volatilityAnn, 0.2948920854],
        ['cagr(365)', onDates.cagr, 0.211443289135],
        ['max drawdown', per365.maxDrawdown, -0.4798012705007589],
        ['ulcer', per365.ulcerIndex, 0.193446960457],
        ['recovery', per365.recoveryFactor, 1.1391549796],
        ['CVaR95', per365.cvar95, -0.0410017691],
        ['omega', per365.omega, 1.1604163731],
        ['PF money', results.profitFactor, 1.4778410021],
        ['PF percent', results.profitFactorPct, 2.167945974262033],
        ['payoff', results.payoffRatio, 1.6685301636],
        ['expectancy', results.expectancy, 627.6210606],
        ['SQN', results.sqn, 1.0766187356697705],
        ['Kelly', results.kelly, 0.1518705127],
        ['longest wins', results.maxConsecutiveWins, 4],
        ['longest losses', results.maxConsecutiveLosses, 4],
      ]
      const compared = pairs.map(([what, actual, expected]) => ({ what, actual, expected }))
      expect(differing(compared, 2e-9)).toEqual([])
      // Published with fewer digits than the others.
      expect(per365.var95).toBeCloseTo(-0.0274265, 8)
      expect(onDates.maxDrawdownDurationMs).toBe(584 * DAY_MS)
    })
  },
)
