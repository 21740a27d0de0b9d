import type { ExpressionStep, OperandPlan, Program } from './program.ts'

type Readers = Pick<Program, 'comparisons' | 'expressions' | 'entryOrder'>

const operandsOf = ({ comparisons, expressions, entryOrder }: Readers): (OperandPlan | ExpressionStep)[] => [
  ...comparisons.flatMap(({ left, right }) => [left, right]),
  ...expressions.flatMap(({ steps }) => steps),
  ...[entryOrder?.stop, entryOrder?.limit].flatMap((level) =>
    level?.kind === 'operand' ? [level.operand] : [],
  ),
]

/** The lines of each of so many indicators that comparisons, expressions and entry orders read. */
export const linesRead = (indicators: number, readers: Readers): readonly ReadonlySet<number>[] => {
  const read = Array.from({ length: indicators }, () => new Set<number>())
  for (const operand of operandsOf(readers)) {
    if (operand.kind === 'line') read[operand.indicator]?.add(operand.line)
  }
  return read
}
