export { compileStrategy } from './compile.ts'
export type { ComparisonPlan, OperandPlan, Program, RulePlan } from './program.ts'
export { createSeriesColumns, type FlagColumn, nextFlagged, type SeriesColumns } from './series-columns.ts'
export { ENTRY_LONG, ENTRY_SHORT, evaluateSignals, EXIT_LONG, EXIT_SHORT } from './signals.ts'
export {
  type Comparison,
  type EntryOrder,
  type Operand,
  type Operator,
  OPERATORS,
  type PriceLevel,
  type Rule,
  type ScaleInStep,
  type ScaleOutStep,
  type SidedRules,
  type Sizing,
  SIZING_KINDS,
  type Strategy,
  type StrategyIndicator,
} from './strategy.ts'
