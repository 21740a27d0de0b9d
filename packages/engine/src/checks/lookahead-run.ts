import { type BacktestConfig, type BacktestResult, runBacktest, tradeRows } from '../backtest/index.ts'
import type { Candles } from '../market/index.ts'
import {
  ENTRY_LONG,
  ENTRY_SHORT,
  evaluateSignals,
  EXIT_LONG,
  EXIT_SHORT,
  type Program,
  type SeriesColumns,
} from '../strategy/index.ts'
import { namedIndicators } from './indicator-names.ts'
import type { LookaheadDifference } from './findings.ts'

type Subject = LookaheadDifference['subject']

/** A column of a run with the name under which a difference in it is reported. */
export interface NamedColumn {
  readonly subject: Subject
  readonly name: string
  readonly values: Float64Array | Uint8Array
  readonly show: (value: number) => string
}

/** All that a run decides, bar by bar, causes before effects. */
export interface ObservedRun {
  readonly columns: readonly NamedColumn[]
  /** One text a trade; the trade is known from its exit bar on. */
  readonly trades: readonly { readonly exitBar: number; readonly text: string }[]
  /** Bars with an entry signal. */
  readonly signalBars: readonly number[]
}

const SIGNALS = [
  ['entry.long', ENTRY_LONG],
  ['entry.short', ENTRY_SHORT],
  ['exit.long', EXIT_LONG],
  ['exit.short', EXIT_SHORT],
] as const

const showNumber = (value: number): string => (Number.isNaN(value) ? 'undefined' : String(value))
const showSignal = (value: number): string => (value === 0 ? 'no signal' : 'signal')

const lineColumns = (program: Program, series: SeriesColumns): NamedColumn[] =>
  namedIndicators(program).flatMap(({ key, lines }, index) => {
    const columns = series.linesOf(program.indicators[index]!)
    return lines.map((line, at): NamedColumn => ({
      subject: 'indicator',
      name: `${line} (${key})`,
      values: columns[at]!,
      show: showNumber,
    }))
  })

const signalBytes = (program: Program, series: SeriesColumns): Uint8Array => {
  const flags = evaluateSignals(program, series)
  const bytes = flags.bytes.slice(0, series.bars)
  series.giveBackFlags(flags)
  return bytes
}

const signalColumns = (bytes: Uint8Array): NamedColumn[] =>
  SIGNALS.map(([name, bit]) => ({
    subject: 'signal',
    name,
    values: bytes.map((byte) => byte & bit),
    show: showSignal,
  }))

const tradeTexts = ({ trades }: BacktestResult, candles: Candles) =>
  tradeRows(trades, candles).map((trade) => {
    const { side, entryIndex, entryPrice, exitIndex, exitPrice, exitReason } = trade
    const text = `${side} ${entryIndex} at ${entryPrice} to ${exitIndex} at ${exitPrice}, ${exitReason}, pnl ${trade.pnl}`
    return { exitBar: exitIndex, text }
  })

const barsWhere = (bytes: Uint8Array, mask: number): readonly number[] => {
  const bars: number[] = []
  bytes.forEach((byte, bar) => {
    if ((byte & mask) !== 0) bars.push(bar)
  })
  return bars
}

/** Runs the strategy and keeps everything that may not depend on later bars. An open position stays open at the end. */
export const observeRun = (program: Program, series: SeriesColumns, config: BacktestConfig): ObservedRun => {
  const bytes = signalBytes(program, series)
  const result = runBacktest({ program, series, config: { ...config, rows: null, endOfData: 'leave_open' } })
  const equity: NamedColumn = {
    subject: 'equity',
    name: 'equity',
    values: result.equity,
    show: showNumber,
  }
  return {
    columns: [...lineColumns(program, series), ...signalColumns(bytes), equity],
    trades: tradeTexts(result, series.candles),
    signalBars: barsWhere(bytes, ENTRY_LONG | ENTRY_SHORT),
  }
}
