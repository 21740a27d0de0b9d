import type { IndicatorSpec } from '../indicators/index.ts'
import type { SourceField } from '../market/index.ts'
import type { Operator, Strategy } from './strategy.ts'

/** A resolved operand; `offset` counts bars back and is a whole number >= 0. */
export type OperandPlan =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'field'; readonly field: SourceField; readonly offset: number }
  | { readonly kind: 'line'; readonly indicator: number; readonly line: number; readonly offset: number }

export interface ComparisonPlan {
  readonly left: OperandPlan
  readonly op: Operator
  readonly right: OperandPlan
  /** Index of the first bar at which both operands are defined, and those of the bar before for a cross. */
  readonly firstDefined: number
}

/** A step of a rule in postfix order: an index into `Program.comparisons`, or one of these. */
export const AND = -1
export const OR = -2
export const NOT = -3

export interface RulePlan {
  readonly steps: Int32Array
  /** Lower bound of the bars at which the rule can be true. */
  readonly firstTrue: number
}

/** A strategy with every name resolved; each distinct indicator and comparison appears once. */
export interface Program {
  readonly strategy: Strategy
  readonly indicators: readonly IndicatorSpec[]
  readonly comparisons: readonly ComparisonPlan[]
  readonly entryLong: RulePlan | null
  readonly entryShort: RulePlan | null
  readonly exitLong: RulePlan | null
  readonly exitShort: RulePlan | null
  /** First bar whose close can signal an entry: what comes before is warm-up. */
  readonly firstSignalBar: number
}
