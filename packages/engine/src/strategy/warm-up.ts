import { definitionOf, lineLookbacks } from '../indicators/index.ts'
import { closedFrom } from './higher-timeframe.ts'
import {
  AND,
  type ComparisonPlan,
  type ExpressionPlan,
  type ExpressionStep,
  type IndicatorPlan,
  NOT,
  type OperandPlan,
  type Program,
  type RulePlan,
} from './program.ts'
import type { SeriesColumns } from './series-columns.ts'
import type { Operator } from './strategy.ts'

/** First bar at which a line of an indicator has a value. */
type LineStart = (indicator: number, line: number) => number

interface Scope {
  readonly expressions: readonly ExpressionPlan[]
  readonly lineStart: LineStart
}

const lookbackOf = (indicator: IndicatorPlan, line: number): number =>
  lineLookbacks(definitionOf(indicator), indicator.params)[line] ?? 0

/** What is known without the series: a higher bar takes at least one bar of the candles. */
export const lookbackStart =
  (indicators: readonly IndicatorPlan[]): LineStart =>
  (indicator, line) =>
    lookbackOf(indicators[indicator] as IndicatorPlan, line)

const stepStart = (step: ExpressionStep, lineStart: LineStart): number => {
  if (step.kind === 'apply') return 0
  if (step.kind === 'number') return Number.isNaN(step.value) ? Infinity : 0
  return step.kind === 'field' ? step.offset : lineStart(step.indicator, step.line) + step.offset
}

const operandStart = (operand: OperandPlan, { expressions, lineStart }: Scope): number => {
  if (operand.kind !== 'expression') return stepStart(operand, lineStart)
  const { steps } = expressions[operand.expression] as ExpressionPlan
  return steps.reduce((start, step) => Math.max(start, stepStart(step, lineStart)), 0)
}

export const isCross = (op: Operator): boolean => op === 'crosses_above' || op === 'crosses_below'

/** First bar at which both operands are defined, and those of the bar before for a cross. */
export const comparisonStart = (
  { left, op, right }: Pick<ComparisonPlan, 'left' | 'op' | 'right'>,
  scope: Scope,
): number => Math.max(operandStart(left, scope), operandStart(right, scope)) + (isCross(op) ? 1 : 0)

/** `not` of an undefined comparison is true, so a negated rule can be true from the first bar on. */
export const ruleStart = (steps: Iterable<number>, startOf: (comparison: number) => number): number => {
  const stack: number[] = []
  for (const step of steps) {
    if (step >= 0) stack.push(startOf(step))
    else if (step === NOT) stack[stack.length - 1] = 0
    else {
      const right = stack.pop() ?? 0
      const left = stack.pop() ?? 0
      stack.push(step === AND ? Math.max(left, right) : Math.min(left, right))
    }
  }
  return stack[0] ?? 0
}

/**
 * First bar of this series whose close can signal an entry. It differs from `program.firstSignalBar` only where an
 * indicator has a higher timeframe, whose closes depend on the series; Infinity when they never suffice.
 */
export const firstSignalBarOn = (program: Program, series: SeriesColumns): number => {
  const { indicators, expressions, comparisons, entryLong, entryShort } = program
  if (indicators.every(({ timeframeMs }) => timeframeMs === undefined)) return program.firstSignalBar
  const lineStart: LineStart = (index, line) => {
    const indicator = indicators[index] as IndicatorPlan
    return closedFrom(series, indicator.timeframeMs, lookbackOf(indicator, line))
  }
  const starts = comparisons.map((comparison) => comparisonStart(comparison, { expressions, lineStart }))
  const startOf = (rule: RulePlan | null): number =>
    rule === null ? Infinity : ruleStart(rule.steps, (index) => starts[index] ?? 0)
  return Math.min(startOf(entryLong), startOf(entryShort))
}
