import { createHash } from 'node:crypto'
import {
  type BacktestConfig,
  type BacktestDetail,
  backtestDetail,
  backtestPeriods,
  type BacktestReport,
  DEFAULT_BACKTEST_CONFIG,
  ENGINE_REVISION,
  runBacktest,
  toBacktestReport,
} from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import type { EntryHour } from '@botcriptofy/engine/metrics'
import { compileStrategy, createSeriesColumns, type Strategy } from '@botcriptofy/engine/strategy'

/** Crossing averages with a stop and a target: many trades on any series. */
export const SMA_CROSS: Strategy = {
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    slow: { type: 'sma', params: { period: 30 } },
  },
  entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
  exit: { long: { any: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] } },
  stopLoss: { fraction: 0.04 },
  takeProfit: { fraction: 0.08 },
  sizing: { kind: 'equityFraction', value: 1 },
}

/** A finished backtest with all that a report or a store wants to know about it. */
export interface BacktestRun {
  readonly strategy: Strategy
  readonly strategySha256: string
  readonly engineRevision: number
  readonly config: BacktestConfig
  readonly candles: Candles
  readonly equity: Float64Array
  readonly result: BacktestReport
  readonly detail: BacktestDetail
  readonly entryHours: readonly EntryHour[]
  readonly checks: null
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface BacktestRunOptions {
  readonly candles: Candles
  readonly strategy?: Strategy
  readonly config?: Partial<BacktestConfig>
}

/** Runs a strategy with the real engine. */
export const backtestRun = (options: BacktestRunOptions): BacktestRun => {
  const { candles, strategy = SMA_CROSS } = options
  const config = { ...DEFAULT_BACKTEST_CONFIG, ...options.config }
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(`expected a sound strategy, was ${JSON.stringify(compiled.error)}`)
  const input = { program: compiled.value, series: createSeriesColumns(candles), config }
  const result = runBacktest(input)
  const report = toBacktestReport({
    result,
    candles,
    config,
    program: compiled.value,
    sha256,
    withEquity: false,
  })
  return {
    strategy,
    strategySha256: sha256(JSON.stringify(strategy)),
    engineRevision: ENGINE_REVISION,
    config,
    candles,
    equity: result.equity,
    result: report,
    detail: backtestDetail({ input, result }),
    entryHours: backtestPeriods({ input, result, trades: report.trades }).entryHours,
    checks: null,
  }
}
