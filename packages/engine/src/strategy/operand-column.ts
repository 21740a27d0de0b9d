import type { OperandValue } from './comparison.ts'
import { fillExpression } from './expression-column.ts'
import type { ExpressionPlan, IndicatorPlan, LeafPlan, OperandPlan, Program } from './program.ts'
import type { SeriesColumns } from './series-columns.ts'

interface Scope {
  readonly program: Pick<Program, 'indicators' | 'linesRead' | 'expressions'>
  readonly series: SeriesColumns
}

const leafColumn = (leaf: LeafPlan, { program, series }: Scope): OperandValue => {
  if (leaf.kind === 'number') return leaf.value
  if (leaf.kind === 'field') return { column: series.candles[leaf.field], offset: leaf.offset }
  const indicator = program.indicators[leaf.indicator] as IndicatorPlan
  const lines = series.linesOf(indicator, program.linesRead[leaf.indicator])
  return { column: lines[leaf.line] as Float64Array, offset: leaf.offset }
}

/** The operand over a whole series: a constant, or a column that is computed once and belongs to `series`. */
export const operandColumn = (operand: OperandPlan, scope: Scope): OperandValue => {
  if (operand.kind !== 'expression') return leafColumn(operand, scope)
  const { program, series } = scope
  const { steps, key } = program.expressions[operand.expression] as ExpressionPlan
  const columns = series.columnsOf(`expression ${key}`, () => {
    const out = new Float64Array(series.bars)
    fillExpression(out, steps, (leaf) => leafColumn(leaf, scope))
    return [out]
  })
  return { column: columns[0] as Float64Array, offset: 0 }
}

/** An operand at a bar; NaN where it is undefined, as it is before the first bar. */
export const valueAt = (value: OperandValue, bar: number): number =>
  typeof value === 'number' ? value : (value.column[bar - value.offset] ?? Number.NaN)
