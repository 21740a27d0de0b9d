import { EXIT_REASONS } from '../positions/index.ts'
import {
  decidingComparisons,
  type ExplainedComparison,
  type Program,
  type RuleName,
  type SeriesColumns,
} from '../strategy/index.ts'
import type { BacktestResult } from './run-backtest.ts'
import type { ReplayedTrade } from './trade-replay.ts'

/** Why a rule led to an order: the comparisons that its result rested on at the close of a bar. */
export interface SignalReason {
  /** The bar whose close decided. */
  readonly bar: number
  /** The first of them; values are null while undefined. */
  readonly comparisons: readonly ExplainedComparison[]
  /** How many more there were. */
  readonly more: number
}

/** The reasons of a trade; null where no rule decided, as with a stop. */
export interface TradeReason {
  readonly entry: SignalReason | null
  readonly exit: SignalReason | null
}

/** More than anybody reads of one decision. */
const MOST_COMPARISONS = 8
/** Comparisons looked at in all: a rule of ten thousand must not cost more than the run. */
const MOST_LOOKED_AT = 400_000

interface ReasonsInput {
  readonly program: Program
  /** The bars of the run. */
  readonly series: SeriesColumns
  readonly trades: BacktestResult['trades']
  /** Of the trade that was entered at a bar. */
  readonly replayed: (entryIndex: number) => ReplayedTrade
  /** How many trades to explain, from the first. */
  readonly count: number
}

const comparisonsOf = ({ entryLong, entryShort, exitLong, exitShort }: Program): number =>
  [entryLong, entryShort, exitLong, exitShort].reduce((sum, rule) => sum + (rule?.steps.length ?? 0), 0)

const EXIT_RULES: Readonly<Record<string, readonly [long: RuleName, short: RuleName]>> = {
  signal: ['exit.long', 'exit.short'],
  reverse: ['entry.short', 'entry.long'],
}

/** Why trades were entered and left; of fewer than asked for where rules have very many comparisons. */
export const tradeReasons = (input: ReasonsInput): readonly TradeReason[] => {
  const { program, series, trades, replayed } = input
  const count = Math.min(input.count, Math.floor(MOST_LOOKED_AT / Math.max(1, comparisonsOf(program))))
  const reasonAt = (bar: number | null, rule: RuleName | undefined): SignalReason | null => {
    if (bar === null || rule === undefined) return null
    const all = decidingComparisons(program, series, { bar, rule })
    const comparisons = all.slice(0, MOST_COMPARISONS)
    return { bar, comparisons, more: all.length - comparisons.length }
  }
  return Array.from({ length: count }, (_, row) => {
    const { entryBar, exitBar } = replayed(trades.entryIndex[row]!)
    const isLong = trades.side[row]! > 0
    const exitRules = EXIT_RULES[EXIT_REASONS[trades.exitReason[row]!] ?? '']
    return {
      entry: reasonAt(entryBar, isLong ? 'entry.long' : 'entry.short'),
      exit: reasonAt(exitBar, exitRules?.[isLong ? 0 : 1]),
    }
  })
}
