import type { OperandPlan, Program } from '../strategy/index.ts'

const offsetOf = (operand: OperandPlan, program: Program): number => {
  if (operand.kind === 'number') return 0
  if (operand.kind !== 'expression') return operand.offset
  const offsets = program.expressions[operand.expression]!.steps.map((step) =>
    step.kind === 'field' || step.kind === 'line' ? step.offset : 0,
  )
  return Math.max(0, ...offsets)
}

/** Bars that the rules look back from a close: the largest offset, and one more for a cross. */
export const ruleReach = (program: Program): number =>
  Math.max(
    0,
    ...program.comparisons.map(({ left, op, right }) => {
      const reach = Math.max(offsetOf(left, program), offsetOf(right, program))
      return reach + (op === 'crosses_above' || op === 'crosses_below' ? 1 : 0)
    }),
  )
