import { type CrossBars, crossBars } from './cross-bars.ts'
import { operandColumn } from './operand-column.ts'
import type { ComparisonPlan, OperandPlan, Program, RulePlan } from './program.ts'
import { type FlagColumn, nextFlagged, type SeriesColumns } from './series-columns.ts'
import { ENTRY_LONG, ENTRY_SHORT, evaluateSignals, EXIT_LONG, EXIT_SHORT } from './signals.ts'

/** A rule over a series, asked where it is true next; cheapest when asked for bars in ascending order. */
export interface RuleCursor {
  /** First bar at or after `from` at whose close the rule is true, or the end of the bars that may signal. */
  readonly next: (from: number) => number
}

export interface RuleCursors {
  readonly entryLong: RuleCursor
  readonly entryShort: RuleCursor
  readonly exitLong: RuleCursor
  readonly exitShort: RuleCursor
  /** Gives back to the series what was borrowed; the cursors are dead after it. */
  readonly release: () => void
}

interface Scope {
  readonly program: Program
  readonly series: SeriesColumns
}

const columnOf = (operand: OperandPlan, scope: Scope): Float64Array | null => {
  const value = operandColumn(operand, scope)
  return typeof value === 'number' || value.offset !== 0 ? null : value.column
}

/** The columns of a rule that is one cross of two columns: the first crosses above the second. */
const crossedColumns = (rule: RulePlan, scope: Scope): readonly [Float64Array, Float64Array] | null => {
  const [first = -1] = rule.steps
  if (rule.steps.length !== 1 || first < 0) return null
  const { left, op, right } = scope.program.comparisons[first] as ComparisonPlan
  if (op !== 'crosses_above' && op !== 'crosses_below') return null
  const a = columnOf(op === 'crosses_above' ? left : right, scope)
  const b = columnOf(op === 'crosses_above' ? right : left, scope)
  return a === null || b === null ? null : [a, b]
}

/** Crosses of the rules of one program: an exit is often the entry's cross the other way, which the pass gives too. */
const createCrossing = (to: number) => {
  const passes: { readonly a: Float64Array; readonly b: Float64Array; readonly bars: CrossBars }[] = []
  return (a: Float64Array, b: Float64Array): readonly number[] => {
    const mirrored = passes.find((pass) => pass.a === b && pass.b === a)
    if (mirrored !== undefined) return mirrored.bars.below
    const known = passes.find((pass) => pass.a === a && pass.b === b)
    if (known !== undefined) return known.bars.above
    const bars = crossBars(a, b, to)
    passes.push({ a, b, bars })
    return bars.above
  }
}

/** A cursor over the bars of a list, in ascending order. */
const listCursor = (bars: readonly number[], to: number): RuleCursor => {
  let at = 0
  return {
    next: (from) => {
      while (at > 0 && bars[at - 1]! >= from) at--
      while (at < bars.length && bars[at]! < from) at++
      return at < bars.length ? bars[at]! : to
    },
  }
}

/** Keeps what was found last: the answer is the same for every bar up to it. */
const flagCursor = (flags: FlagColumn, mask: number, to: number): RuleCursor => {
  let searchedFrom = 0
  let found = -1
  return {
    next: (from) => {
      if (from >= searchedFrom && from <= found) return found
      searchedFrom = from
      found = nextFlagged(flags, { from, to }, mask)
      return found
    },
  }
}

/** Cursors over the four rules of a program among the bars before `to`; a rule that it lacks is never true. */
export const createRuleCursors = (program: Program, series: SeriesColumns, to: number): RuleCursors => {
  const crossing = createCrossing(to)
  let flags: FlagColumn | null = null
  const ruleCursor = (rule: RulePlan | null, mask: number): RuleCursor => {
    if (rule === null) return { next: () => to }
    const columns = crossedColumns(rule, { program, series })
    // The other rules have flags made, all in one.
    return columns === null
      ? flagCursor((flags ??= evaluateSignals(program, series)), mask, to)
      : listCursor(crossing(...columns), to)
  }
  return {
    entryLong: ruleCursor(program.entryLong, ENTRY_LONG),
    entryShort: ruleCursor(program.entryShort, ENTRY_SHORT),
    exitLong: ruleCursor(program.exitLong, EXIT_LONG),
    exitShort: ruleCursor(program.exitShort, EXIT_SHORT),
    release: () => {
      if (flags !== null) series.giveBackFlags(flags)
    },
  }
}
