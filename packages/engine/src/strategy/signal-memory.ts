import type { ExpressionPlan, ExpressionStep, LeafPlan, OperandPlan, Program } from './program.ts'
import { isCross } from './warm-up.ts'

/** A field or a line without its offset. */
export type Source = Exclude<LeafPlan, { kind: 'number' }>

/** What a streaming evaluation has to remember: each source the program reads, and for how many bars. */
export interface SignalMemory {
  readonly sources: readonly Source[]
  /** Bars kept of each source, the newest included. */
  readonly depths: readonly number[]
  /** Index into `sources` of every leaf of the program that is no number. */
  readonly sourceOf: ReadonlyMap<LeafPlan, number>
}

const sourceKey = (source: Source): string =>
  source.kind === 'field' ? source.field : `${source.indicator}.${source.line}`

const stepsOf = (operand: OperandPlan, program: Program): readonly ExpressionStep[] =>
  operand.kind === 'expression'
    ? (program.expressions[operand.expression] as ExpressionPlan).steps
    : [operand]

/** Every operand of the program with the bars its reader looks back. */
const readsOf = ({ comparisons, entryOrder }: Program): { operand: OperandPlan; back: number }[] => [
  ...comparisons.flatMap(({ left, op, right }) => {
    const back = isCross(op) ? 1 : 0
    return [
      { operand: left, back },
      { operand: right, back },
    ]
  }),
  ...[entryOrder?.stop, entryOrder?.limit].flatMap((level) =>
    level?.kind === 'operand' ? [{ operand: level.operand, back: 0 }] : [],
  ),
]

export const signalMemory = (program: Program): SignalMemory => {
  const sources: Source[] = []
  const depths: number[] = []
  const sourceOf = new Map<LeafPlan, number>()
  const indexByKey = new Map<string, number>()
  for (const { operand, back } of readsOf(program)) {
    for (const step of stepsOf(operand, program)) {
      if (step.kind === 'apply' || step.kind === 'number') continue
      const key = sourceKey(step)
      const index = indexByKey.get(key) ?? sources.push(step) - 1
      indexByKey.set(key, index)
      sourceOf.set(step, index)
      depths[index] = Math.max(depths[index] ?? 0, step.offset + back + 1)
    }
  }
  return { sources, depths, sourceOf }
}
