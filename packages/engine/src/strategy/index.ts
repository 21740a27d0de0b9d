export {
  type Comparison,
  type Operand,
  type Operator,
  OPERATORS,
  type Rule,
  type SidedRules,
  type Sizing,
  SIZING_KINDS,
  type Strategy,
  type StrategyIndicator,
} from './strategy.ts'
