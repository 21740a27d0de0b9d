import { resolveIndicator } from '../indicators/index.ts'
import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { planEntryOrder } from './entry-order.ts'
import { indicatorKey } from './indicator-key.ts'
import { limitProblems } from './limits.ts'
import { linesRead } from './lines-read.ts'
import { isField, type Names } from './operand.ts'
import { orderProblems } from './order-limits.ts'
import type { IndicatorPlan, Program, RulePlan } from './program.ts'
import { type ComparisonTable, compileRule, createComparisonTable } from './rule.ts'
import type { Strategy, StrategyIndicator } from './strategy.ts'
import { resolveTimeframe } from './timeframe.ts'

const ID = /^[A-Za-z][A-Za-z0-9_]*$/

const resolvePlan = (
  { timeframe, ...request }: StrategyIndicator,
  path: string,
  barMs: number | undefined,
): Result<IndicatorPlan, readonly Problem[]> => {
  const spec = resolveIndicator(request, path)
  if (timeframe === undefined) return spec
  const timeframeMs = resolveTimeframe(timeframe, `${path}.timeframe`, barMs)
  if (!timeframeMs.ok) return err([...(spec.ok ? [] : spec.error), timeframeMs.error])
  return spec.ok ? ok({ ...spec.value, timeframeMs: timeframeMs.value }) : spec
}

interface NamesInput {
  readonly strategy: Strategy
  readonly barMs: number | undefined
}

/** Resolves the indicators; two ids with equal specs share one index. */
const resolveNames = ({ strategy, barMs }: NamesInput, problems: Problem[]): Names => {
  const indicators: IndicatorPlan[] = []
  const indexById = new Map<string, number>()
  const indexByKey = new Map<string, number>()
  for (const [id, request] of Object.entries(strategy.indicators)) {
    const path = `indicators.${id}`
    if (!ID.test(id) || isField(id)) {
      const expected = 'an id of letters, digits and _ that starts with a letter and is no candle field'
      problems.push({ path, expected, actual: JSON.stringify(id) })
      continue
    }
    const resolved = resolvePlan(request, path, barMs)
    if (!resolved.ok) {
      problems.push(...resolved.error)
      continue
    }
    const key = indicatorKey(resolved.value)
    const index = indexByKey.get(key) ?? indicators.push(resolved.value) - 1
    indexByKey.set(key, index)
    indexById.set(id, index)
  }
  return { indicators, indexById }
}

/** The sides a strategy trades. */
const sidesOf = ({ direction }: Strategy): readonly ('long' | 'short')[] =>
  direction === 'both' ? ['long', 'short'] : [direction]

/** A strategy that never enters is a mistake; one that enters on one of its two sides is not. */
const sideProblems = (strategy: Strategy): Problem[] => {
  if (sidesOf(strategy).some((side) => strategy.entry[side] !== undefined)) return []
  const path = strategy.direction === 'both' ? 'entry' : `entry.${strategy.direction}`
  return [{ path, expected: `a rule, as the direction is ${strategy.direction}`, actual: 'missing' }]
}

interface SidedInput {
  readonly strategy: Strategy
  readonly part: 'entry' | 'exit'
}

/** Rules of a side that is not traded are checked like the others, so that the direction can be switched, and dropped. */
const compileSides = (table: ComparisonTable, { strategy, part }: SidedInput) => {
  const sides = sidesOf(strategy)
  const compile = (side: 'long' | 'short'): RulePlan | null => {
    const rule = strategy[part]?.[side]
    if (rule === undefined) return null
    const plan = compileRule(table, rule, `${part}.${side}`)
    return sides.includes(side) ? plan : null
  }
  return { long: compile('long'), short: compile('short') }
}

export interface CompileOptions {
  /** Length of the bars the program will run on, where known: timeframes have to be whole multiples of it. */
  readonly barMs?: number | undefined
}

/**
 * Resolves every name of a shape-checked strategy. Problems carry JSON paths (`entry.long.all[0].left`); all of
 * them are reported at once.
 */
export const compileStrategy = (
  strategy: Strategy,
  { barMs }: CompileOptions = {},
): Result<Program, readonly Problem[]> => {
  const problems: Problem[] = [
    ...sideProblems(strategy),
    ...limitProblems(strategy),
    ...orderProblems(strategy),
  ]
  const names = resolveNames({ strategy, barMs }, problems)
  // Operands of an indicator that did not resolve would only repeat its problem.
  if (names.indexById.size < Object.keys(strategy.indicators).length) return err(problems)
  const table = createComparisonTable(names, problems)
  const entry = compileSides(table, { strategy, part: 'entry' })
  const exit = compileSides(table, { strategy, part: 'exit' })
  const entryOrder = planEntryOrder(table, strategy.entryOrder)
  if (problems.length > 0) return err(problems)
  const { expressions, plans: comparisons } = table
  return ok({
    strategy,
    indicators: names.indicators,
    linesRead: linesRead(names.indicators.length, { expressions, comparisons, entryOrder }),
    indicatorById: names.indexById,
    expressions,
    comparisons,
    entryLong: entry.long,
    entryShort: entry.short,
    exitLong: exit.long,
    exitShort: exit.short,
    entryOrder,
    firstSignalBar: Math.min(entry.long?.firstTrue ?? Infinity, entry.short?.firstTrue ?? Infinity),
  })
}
