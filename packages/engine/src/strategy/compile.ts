import { resolveIndicator, type IndicatorSpec, specKey } from '../indicators/index.ts'
import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { limitProblems } from './limits.ts'
import { isField, type Names } from './operand.ts'
import type { Program, RulePlan } from './program.ts'
import { type ComparisonTable, compileRule, createComparisonTable } from './rule.ts'
import type { Strategy } from './strategy.ts'

const ID = /^[A-Za-z][A-Za-z0-9_]*$/

/** Resolves the indicators; two ids with equal specs share one index. */
const resolveNames = (strategy: Strategy, problems: Problem[]): Names => {
  const specs: IndicatorSpec[] = []
  const indexById = new Map<string, number>()
  const indexByKey = new Map<string, number>()
  for (const [id, request] of Object.entries(strategy.indicators)) {
    const path = `indicators.${id}`
    if (!ID.test(id) || isField(id)) {
      const expected = 'an id of letters, digits and _ that starts with a letter and is no candle field'
      problems.push({ path, expected, actual: JSON.stringify(id) })
      continue
    }
    const resolved = resolveIndicator(request, path)
    if (!resolved.ok) {
      problems.push(...resolved.error)
      continue
    }
    const key = specKey(resolved.value)
    const index = indexByKey.get(key) ?? specs.push(resolved.value) - 1
    indexByKey.set(key, index)
    indexById.set(id, index)
  }
  return { specs, indexById }
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

/**
 * Resolves every name of a shape-checked strategy. Problems carry JSON paths (`entry.long.all[0].left`); all of
 * them are reported at once.
 */
export const compileStrategy = (strategy: Strategy): Result<Program, readonly Problem[]> => {
  const problems: Problem[] = [...sideProblems(strategy), ...limitProblems(strategy)]
  const names = resolveNames(strategy, problems)
  // Operands of an indicator that did not resolve would only repeat its problem.
  if (names.indexById.size < Object.keys(strategy.indicators).length) return err(problems)
  const table = createComparisonTable(names, problems)
  const entry = compileSides(table, { strategy, part: 'entry' })
  const exit = compileSides(table, { strategy, part: 'exit' })
  if (problems.length > 0) return err(problems)
  return ok({
    strategy,
    indicators: names.specs,
    comparisons: table.plans,
    entryLong: entry.long,
    entryShort: entry.short,
    exitLong: exit.long,
    exitShort: exit.short,
    firstSignalBar: Math.min(entry.long?.firstTrue ?? Infinity, entry.short?.firstTrue ?? Infinity),
  })
}
