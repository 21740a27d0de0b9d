import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A case of the shared backtest data, as its file has it (`$CONFORMANCE_DATA/backtests`). */
export interface BacktestCase {
  readonly id: string
  readonly dataset: string
  readonly rows_used: number
  readonly direction: string
  readonly config: {
    readonly initial_cash: number
    readonly commission_rate: number
    readonly position_size_fraction_of_equity: number
    readonly sizing: string
    readonly stop_loss_pct_of_signal_close: number | null
    readonly take_profit_pct_of_signal_close: number | null
    readonly ignore_signals_before_bar: number
  }
  readonly summary: { readonly final_equity: number }
  readonly without_forced_exit: {
    readonly closed_trades: number
    readonly final_equity_marked_at_last_close: number
  }
  readonly trades: readonly ExpectedTrade[]
  readonly equity_daily: readonly (readonly [number, number])[]
}

export interface ExpectedTrade {
  readonly side: 'long' | 'short'
  readonly entry_bar: number
  readonly exit_bar: number
  readonly entry_timestamp: number
  readonly exit_timestamp: number
  readonly size: number
  readonly entry_price: number
  readonly exit_price: number
  readonly pnl_net: number
  readonly return_net: number
  readonly commission: number
  readonly exit_reason: string
}

export const readBacktestCases = (directory: string): readonly BacktestCase[] =>
  readdirSync(join(directory, 'backtests'))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(directory, 'backtests', name), 'utf8')) as BacktestCase)

interface RuleSet {
  readonly indicators: object
  readonly enter: object
  readonly leave: object | null
}

const cross = (left: string, right: string) => ({
  enter: { left, op: 'crosses_above', right },
  leave: { left, op: 'crosses_below', right },
})

/** The files describe their rules in words; the id names the family. */
const rulesOf = (id: string): RuleSet => {
  if (id.includes('-rsi-')) {
    return {
      indicators: { rsi: { type: 'rsi', params: { period: 14 } } },
      enter: { left: 'rsi', op: '<', right: 30 },
      leave: id.includes('-30-70-') ? { left: 'rsi', op: '>', right: 70 } : null,
    }
  }
  if (id.includes('-macd-')) {
    const macd = { type: 'macd', params: { fast: 12, slow: 26, signal: 9 } }
    return { indicators: { macd }, ...cross('macd.macd', 'macd.signal') }
  }
  if (id.includes('-bollinger-')) {
    return {
      indicators: { bands: { type: 'bbands', params: { period: 20, stdDev: 2 } } },
      enter: { left: 'close', op: '<', right: 'bands.lower' },
      leave: { left: 'close', op: '>=', right: 'bands.middle' },
    }
  }
  const sma = (period: number) => ({ type: 'sma', params: { period } })
  return { indicators: { fast: sma(10), slow: sma(30) }, ...cross('fast', 'slow') }
}

const fractionOf = (fraction: number | null, key: 'stopLoss' | 'takeProfit'): object =>
  fraction === null ? {} : { [key]: { fraction } }

/** The case's words as a strategy of contract section 4. */
export const strategyOf = ({ id, direction, config }: BacktestCase): object => {
  const { indicators, enter, leave } = rulesOf(id)
  const isBoth = direction.startsWith('long and short')
  return {
    name: id,
    version: 1,
    direction: isBoth ? 'both' : 'long',
    indicators,
    entry: isBoth ? { long: enter, short: leave } : { long: enter },
    exit: isBoth || leave === null ? {} : { long: leave },
    ...fractionOf(config.stop_loss_pct_of_signal_close, 'stopLoss'),
    ...fractionOf(config.take_profit_pct_of_signal_close, 'takeProfit'),
    sizing: { kind: 'equityFraction', value: config.position_size_fraction_of_equity },
  }
}

/** The case's execution rules as a configuration of contract section 5. */
export const configOf = ({ config, rows_used }: BacktestCase): object => ({
  initialCapital: config.initial_cash,
  feeRate: config.commission_rate,
  slippageRate: 0,
  path: 'stop_first',
  limitTouch: 'touch',
  protectFrom: 'signal_close',
  limitGap: 'at_open',
  endOfData: 'last_open',
  quantityStep: config.sizing === 'whole units' ? 1 : 1e-8,
  signalsFromBar: config.ignore_signals_before_bar,
  rows: rows_used,
})
