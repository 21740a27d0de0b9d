import type { BacktestConfig, PaperPosition, PathMode } from '../paper/index.ts'
import { evaluateSignals, type FlagColumn, type Program, type SeriesColumns } from '../strategy/index.ts'
import { type OrderLoopInput, runOrderLoop } from './order-loop.ts'
import { paperTradeLog } from './order-loop-trades.ts'
import type { OpenPosition, Run } from './run.ts'

/** Bars before `signalsFromBar`, the last bar and what pads the column give no signal. */
const silence = (signals: Uint8Array, signalsFromBar: number, bars: number): void => {
  signals.fill(0, 0, signalsFromBar)
  signals.fill(0, Math.max(0, bars - 1))
}

/** The signals of a series that may be acted on; to be given back to it. */
export const signalsFor = (program: Program, series: SeriesColumns, config: BacktestConfig): FlagColumn => {
  const signals = evaluateSignals(program, series)
  silence(signals.bytes, config.signalsFromBar, series.bars)
  return signals
}

export const heldOf = ({ side, entryIndex, entryPrice, quantity }: PaperPosition): OpenPosition => ({
  side: side > 0 ? 'long' : 'short',
  entryIndex,
  entryPrice,
  quantity,
})

export type OrderRunnerInput = Omit<OrderLoopInput, 'signals' | 'equity'>

export interface OrderRunner {
  /** Writes the equity of every bar. */
  readonly run: (path: PathMode, equity: Float64Array) => Run
  /** Gives back to the series what was borrowed. */
  readonly release: () => void
}

/** Runs whatever a strategy can ask for, at the paper venue. */
export const createOrderRunner = (input: OrderRunnerInput): OrderRunner => {
  const { program, series, config } = input
  const signals = signalsFor(program, series, config)
  return {
    run: (path, equity) => {
      const { trades, account } = runOrderLoop({ ...input, signals, config: { ...config, path }, equity })
      const { position, ambiguousBars, denied, blownAtBar } = account
      return {
        trades: paperTradeLog(trades),
        finalEquity: equity[equity.length - 1] ?? config.initialCapital,
        ambiguousBars,
        openPosition: position === null ? null : heldOf(position),
        denied,
        blownAtBar,
      }
    },
    release: () => series.giveBackFlags(signals),
  }
}
