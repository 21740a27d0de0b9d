import { createCrossSearch, type CursorOptions } from './cross-search.ts'
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

type Search = (from: number) => number

interface Scope {
  readonly program: Program
  readonly series: SeriesColumns
}

const columnOf = (operand: OperandPlan, scope: Scope): Float64Array | null => {
  const value = operandColumn(operand, scope)
  return typeof value === 'number' || value.offset !== 0 ? null : value.column
}

/** A rule that is one cross of two columns is searched in the columns themselves; the others have flags made. */
const crossSearch = (rule: RulePlan, scope: Scope, options: CursorOptions): Search | null => {
  const [first = -1] = rule.steps
  if (rule.steps.length !== 1 || first < 0) return null
  const { left, op, right } = scope.program.comparisons[first] as ComparisonPlan
  if (op !== 'crosses_above' && op !== 'crosses_below') return null
  const a = columnOf(op === 'crosses_above' ? left : right, scope)
  const b = columnOf(op === 'crosses_above' ? right : left, scope)
  return a === null || b === null ? null : createCrossSearch([a, b], options)
}

/** Keeps what was found last: the answer is the same for every bar up to it. */
const cursorOf = (search: Search): RuleCursor => {
  let searchedFrom = 0
  let found = -1
  return {
    next: (from) => {
      if (from >= searchedFrom && from <= found) return found
      searchedFrom = from
      found = search(from)
      return found
    },
  }
}

/** Cursors over the four rules of a program; a rule that it lacks is never true. */
export const createRuleCursors = (
  program: Program,
  series: SeriesColumns,
  options: CursorOptions,
): RuleCursors => {
  const { to } = options
  let flags: FlagColumn | null = null
  const searchOf = (rule: RulePlan, mask: number): Search => {
    const search = crossSearch(rule, { program, series }, options)
    if (search !== null) return search
    const signals = (flags ??= evaluateSignals(program, series))
    return (from) => nextFlagged(signals, { from, to }, mask)
  }
  const ruleCursor = (rule: RulePlan | null, mask: number): RuleCursor =>
    rule === null ? { next: () => to } : cursorOf(searchOf(rule, mask))
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
