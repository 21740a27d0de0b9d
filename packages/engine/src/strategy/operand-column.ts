import type { IndicatorSpec } from '../indicators/index.ts'
import type { OperandValue } from './comparison.ts'
import type { OperandPlan, Program } from './program.ts'
import type { SeriesColumns } from './series-columns.ts'

/** The operand over a whole series: a constant, or a column that is computed once and belongs to `series`. */
export const operandColumn = (
  operand: OperandPlan,
  { program, series }: { readonly program: Program; readonly series: SeriesColumns },
): OperandValue => {
  if (operand.kind === 'number') return operand.value
  if (operand.kind === 'field') return { column: series.candles[operand.field], offset: operand.offset }
  const spec = program.indicators[operand.indicator] as IndicatorSpec
  return { column: series.linesOf(spec)[operand.line] as Float64Array, offset: operand.offset }
}
