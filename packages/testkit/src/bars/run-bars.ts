import {
  type BacktestConfig,
  type BacktestResult,
  DEFAULT_BACKTEST_CONFIG,
  runBacktest,
  type Trade,
  tradeRows,
} from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import {
  compileStrategy,
  createSeriesColumns,
  type Program,
  type Strategy,
} from '@botcriptofy/engine/strategy'
import { type BarRow, candlesOf, codedStrategy } from './bars.ts'

/** Without fees and slippage and with a touch rule, so that prices can be read off the bars. */
export const PLAIN_CONFIG: BacktestConfig = {
  ...DEFAULT_BACKTEST_CONFIG,
  initialCapital: 1000,
  feeRate: 0,
  slippageRate: 0,
  limitTouch: 'touch',
}

export type StrategyParts = Parameters<typeof codedStrategy>[0]
export type Settings = Partial<BacktestConfig>

/** Compiles a strategy that is known to be right. */
export const programOf = (strategy: Strategy): Program => {
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

export interface BarsRun {
  readonly candles: Candles
  readonly config: BacktestConfig
  readonly result: BacktestResult
  readonly trades: readonly Trade[]
}

/** Runs `codedStrategy(parts)` over hand-made bars with PLAIN_CONFIG and what `settings` changes in it. */
export const runBars = (
  rows: readonly BarRow[],
  parts: StrategyParts = {},
  settings: Settings = {},
): BarsRun => {
  const candles = candlesOf(rows)
  const config = { ...PLAIN_CONFIG, ...settings }
  const program = programOf(codedStrategy(parts))
  const result = runBacktest({ program, series: createSeriesColumns(candles), config })
  return { candles, config, result, trades: tradeRows(result.trades, candles) }
}

const shown = (price: number): string => String(Number(price.toFixed(9)))

/** `L 1@100 > 2@96 stop_loss gap`: side, entry bar and price, exit bar and price, reason; prices to nine decimals. */
export const describeTrade = (trade: Trade): string => {
  const entry = `${trade.side === 'long' ? 'L' : 'S'} ${trade.entryIndex}@${shown(trade.entryPrice)}`
  const exit = `${trade.exitIndex}@${shown(trade.exitPrice)} ${trade.exitReason}`
  return `${entry} > ${exit}${trade.gap === true ? ' gap' : ''}`
}
