import { runBars, type BarRow, type Settings, SIGNAL, type StrategyParts } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { METRIC_KEYS } from '../metrics/index.ts'
import { RECOMMENDATION_CODES, type RecommendationCode } from './recommendations.ts'
import { type BacktestReport, toBacktestReport } from './report.ts'
import { ENGINE_VERSION } from './revision.ts'

const { buy, leaveLong, sellShort } = SIGNAL

/** Stands in for a hash: the text itself is what matters here. */
const sha256 = (text: string): string => `sha256(${text})`

const reportOf = (
  rows: readonly BarRow[],
  parts: StrategyParts = {},
  settings: Settings = {},
): BacktestReport => {
  const { result, candles, config } = runBars(rows, parts, settings)
  return toBacktestReport({ result, candles, config, sha256, withEquity: false })
}

const QUIET: BarRow = [100, 100, 100, 100]
/** Buys at `from`, sells at `to`. */
const trip = (from: number, to: number): BarRow[] => [
  [from, from, from, from, buy],
  [from, from, from, from, leaveLong],
  [to, to, to, to],
]
const trips = (count: number, from: number, to: number): BarRow[] =>
  Array.from({ length: count }, () => trip(from, to)).flat()

describe('toBacktestReport', () => {
  it('has the keys of the contract in their order', () => {
    const report = reportOf(trip(100, 110))
    expect(Object.keys(report)).toEqual([
      'engine',
      'tradesSha256',
      'bars',
      'lowSample',
      'trades',
      'finalEquity',
      'band',
      'metrics',
      'metricReasons',
      'recommendations',
    ])
    expect(Object.keys(report.metrics)).toEqual([...METRIC_KEYS])
    expect(report).toMatchObject({ engine: ENGINE_VERSION, bars: 3, finalEquity: 1010 })
  })

  it('hashes the trades as they are printed, optional keys last', () => {
    const rows: BarRow[] = [[100, 100, 100, 100, buy], [100, 101, 99, 100], [90, 91, 89, 90], QUIET]
    const report = reportOf(rows, { stopLoss: { fraction: 0.04 } })
    const trade =
      '{"side":"long","entryIndex":1,"entryTime":60000,"entryPrice":100,"exitIndex":2,"exitTime":120000,"exitPrice":90,' +
      '"quantity":1,"fees":0,"pnl":-10,"returnFraction":-0.1,"exitReason":"stop_loss","gap":true}'
    expect(report.tradesSha256).toBe(`sha256([${trade}])`)
    expect(JSON.stringify(report.trades)).toBe(`[${trade}]`)
  })

  it('adds the equity when asked', () => {
    const { result, candles, config } = runBars(trip(100, 110))
    const report = toBacktestReport({ result, candles, config, sha256, withEquity: true })
    expect(report.equity).toEqual([
      [0, 1000],
      [60_000, 1000],
      [120_000, 1010],
    ])
  })

  it.each<readonly [string, number, number, boolean]>([
    ['ten trades in fourteen days are enough', 10, 14, false],
    ['nine trades are not', 9, 14, true],
    ['thirteen days are not', 10, 13, true],
  ])('%s', (...[, trades, days, lowSample]) => {
    const { result, candles, config } = runBars(trips(trades, 100, 101))
    const barMs = (days * 86_400_000) / (result.bars - 1)
    const slow = { ...candles, time: candles.time.map((_, bar) => bar * barMs) }
    expect(toBacktestReport({ result, candles: slow, config, sha256, withEquity: false }).lowSample).toBe(
      lowSample,
    )
  })

  it('is not confused by rows that were left out', () => {
    const rows = trips(3, 100, 110)
    expect(reportOf(rows, {}, { rows: 3 })).toEqual(reportOf(rows.slice(0, 3)))
  })
})

describe('recommendations', () => {
  const stopAndTarget = { stopLoss: { fraction: 0.04 }, takeProfit: { fraction: 0.04 } }
  const ambiguous: BarRow[] = [[100, 100, 100, 100, buy], [100, 110, 90, 100], ...trip(100, 101)]
  const clear: BarRow[] = [[100, 100, 100, 100, buy], [100, 110, 99, 110], ...trip(100, 101)]
  const short = { direction: 'short' as const, sizing: { kind: 'equityFraction' as const, value: 1 } }
  const shorting: BarRow[] = [[100, 100, 100, 100, sellShort], QUIET, [250, 250, 250, 250]]

  type Scene = readonly [rows: readonly BarRow[], parts?: StrategyParts, settings?: Settings]
  const scenes: Readonly<Record<RecommendationCode, { fires: Scene; shows: string; silent: Scene }>> = {
    NO_TRADES: { fires: [[QUIET, QUIET]], shows: '2 bars', silent: [trip(100, 101)] },
    LOW_SAMPLE: { fires: [trip(100, 101)], shows: '1 trades', silent: [[QUIET, QUIET]] },
    ENTRIES_DENIED: {
      fires: [trip(100, 101), {}, { minNotional: 200 }],
      shows: '1 × MIN_NOTIONAL',
      silent: [trip(100, 101)],
    },
    ACCOUNT_BLOWN: { fires: [shorting, short], shows: 'bar 2', silent: [trip(100, 101)] },
    ONE_TRADE_MAKES_PROFIT: {
      fires: [[...trip(100, 120), ...trip(100, 95)]],
      shows: '20.00 of a profit of 15.00',
      silent: [trips(2, 100, 110)],
    },
    COSTS_EAT_EDGE: {
      fires: [trip(100, 101), {}, { feeRate: 0.003 }],
      shows: '60.3 %',
      silent: [trip(100, 101), {}, { feeRate: 0.001 }],
    },
    BAND_WIDER_THAN_PROFIT: {
      fires: [ambiguous, stopAndTarget, { path: 'best' }],
      shows: '1 bars decides over 8.00, more than the profit of 5.00',
      silent: [clear, stopAndTarget, { path: 'best' }],
    },
    BELOW_BUY_AND_HOLD: {
      fires: [[QUIET, QUIET, [150, 150, 150, 150]]],
      shows: '50.0 %',
      silent: [[QUIET, QUIET, [50, 50, 50, 50]]],
    },
  }
  const adviceOf = (scene: Scene) => reportOf(...scene).recommendations

  it.each(RECOMMENDATION_CODES)('give %s with the number that triggered it', (code) => {
    const { fires, shows, silent } = scenes[code]
    expect(adviceOf(fires).find((advice) => advice.code === code)?.text).toContain(shows)
    expect(adviceOf(silent).map((advice) => advice.code)).not.toContain(code)
  })
})
