import type { IndicatorSpec } from '../indicators/index.ts'
import type { SourceField } from '../market/index.ts'
import type { ArithmeticOperator, EntryOrder, Operator, Strategy } from './strategy.ts'

/** An indicator on the candles themselves or, with `timeframeMs`, on longer bars made of them. */
export interface IndicatorPlan extends IndicatorSpec {
  readonly timeframeMs?: number | undefined
}

/** An operand without arithmetic; `offset` counts bars back and is a whole number >= 0, a NaN number is undefined. */
export type LeafPlan =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'field'; readonly field: SourceField; readonly offset: number }
  | { readonly kind: 'line'; readonly indicator: number; readonly line: number; readonly offset: number }

/** A resolved operand; `expression` is an index into `Program.expressions`. */
export type OperandPlan = LeafPlan | { readonly kind: 'expression'; readonly expression: number }

/** A step of an expression in postfix order; every operator takes two values, `abs` one. */
export type ExpressionStep = LeafPlan | { readonly kind: 'apply'; readonly op: ArithmeticOperator }

export interface ExpressionPlan {
  readonly steps: readonly ExpressionStep[]
  /** Equal for expressions that give equal columns, in whatever program. */
  readonly key: string
}

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

/** Where an order rests: a fraction away from the signal's close, or a price read at the signal. */
export type PriceLevelPlan =
  | { readonly kind: 'offset'; readonly fraction: number }
  | { readonly kind: 'operand'; readonly operand: OperandPlan }

export interface EntryOrderPlan {
  readonly kind: EntryOrder['kind']
  /** Null for a limit order. */
  readonly stop: PriceLevelPlan | null
  /** Null for a stop order. */
  readonly limit: PriceLevelPlan | null
  /** Bars the order may fill in; null rests until it fills or is cancelled. */
  readonly expireBars: number | null
}

/** A strategy with every name resolved; each distinct indicator, expression and comparison appears once. */
export interface Program {
  readonly strategy: Strategy
  readonly indicators: readonly IndicatorPlan[]
  /** The lines of each indicator that some operand reads. */
  readonly linesRead: readonly ReadonlySet<number>[]
  /** Index into `indicators` by id; ids of equal indicators share one. */
  readonly indicatorById: ReadonlyMap<string, number>
  readonly expressions: readonly ExpressionPlan[]
  readonly comparisons: readonly ComparisonPlan[]
  readonly entryLong: RulePlan | null
  readonly entryShort: RulePlan | null
  readonly exitLong: RulePlan | null
  readonly exitShort: RulePlan | null
  /** Null: a market order at the next open. */
  readonly entryOrder: EntryOrderPlan | null
  /**
   * Lower bound of the bars whose close can signal an entry: what comes before is warm-up. With a higher timeframe
   * the bound of `firstSignalBarOn`, which knows the series, is tighter.
   */
  readonly firstSignalBar: number
}
