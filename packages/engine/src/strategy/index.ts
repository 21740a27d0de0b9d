export { type CompileOptions, compileStrategy } from './compile.ts'
export {
  type Action,
  actionOf,
  decidingComparisons,
  explainSignal,
  explainValues,
  type RuleName,
  type RuleExplanation,
  type SignalExplanation,
} from './explain.ts'
export type { ExplainedComparison, ExplainedNode, ExplainedOperand, ReadOperand } from './explain-rule.ts'
export { operandColumn, valueAt } from './operand-column.ts'
export { indicatorKey } from './indicator-key.ts'
export type {
  ComparisonPlan,
  EntryOrderPlan,
  ExpressionPlan,
  IndicatorPlan,
  OperandPlan,
  PriceLevelPlan,
  Program,
  RulePlan,
} from './program.ts'
export {
  createSeriesColumns,
  type FlagColumn,
  nextFlagged,
  type SeriesColumns,
  type SeriesOptions,
} from './series-columns.ts'
export type { Bar } from './indicator-feed.ts'
export {
  createSignalStream,
  type SignalState,
  type SignalStream,
  type SignalStreamOptions,
} from './signal-stream.ts'
export { createRuleCursors, type RuleCursor, type RuleCursors } from './rule-cursor.ts'
export { ENTRY_LONG, ENTRY_SHORT, evaluateSignals, EXIT_LONG, EXIT_SHORT } from './signals.ts'
export {
  ARITHMETIC_OPERATORS,
  type Arithmetic,
  type ArithmeticOperator,
  type Comparison,
  type EntryOrder,
  type Operand,
  type Operator,
  OPERATORS,
  type PriceLevel,
  type Reference,
  type Rule,
  type ScaleInStep,
  type ScaleOutStep,
  type SidedRules,
  type Sizing,
  SIZING_KINDS,
  type Strategy,
  type StrategyIndicator,
} from './strategy.ts'
export { settledFrom, type WarmupLengths, warmupLengths } from './stabilisation.ts'
export { firstSignalBarOn } from './warm-up.ts'
