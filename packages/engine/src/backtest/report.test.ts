import { runBars, type BarRow, type Settings, SIGNAL, type StrategyParts } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { METRIC_KEYS } from '../metrics/index.ts'
import { type BacktestReport, toBacktestReport } from './report.ts'
import { ENGINE_VERSION } from './revision.ts'

const { buy, leaveLong } = SIGNAL

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
