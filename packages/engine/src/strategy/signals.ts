import { compareInto } from './comparison.ts'
import { operandColumn } from './operand-column.ts'
import { AND, type ComparisonPlan, NOT, OR, type Program, type RulePlan } from './program.ts'
import type { FlagColumn, SeriesColumns } from './series-columns.ts'

/** Bits of a signal byte: what the rules say at the close of a bar. */
export const ENTRY_LONG = 1
export const ENTRY_SHORT = 2
export const EXIT_LONG = 4
export const EXIT_SHORT = 8

const ALL_BARS_TRUE = 0x01010101

interface Evaluation {
  readonly program: Program
  readonly series: SeriesColumns
  /** How often the rules read each comparison. */
  readonly reads: Int32Array
  /** Comparisons that are read more than once; never written to while the rules are evaluated. */
  readonly shared: (FlagColumn | null)[]
}

/** A column on the stack; only an owned one may be written to and given back. */
interface Slot {
  readonly flags: FlagColumn
  readonly owned: boolean
}

const computeComparison = (evaluation: Evaluation, index: number): FlagColumn => {
  const { program, series } = evaluation
  const { left, op, right } = program.comparisons[index] as ComparisonPlan
  const flags = series.borrowFlags()
  const bytes = flags.bytes.subarray(0, series.bars)
  compareInto(bytes, op, [operandColumn(left, evaluation), operandColumn(right, evaluation)])
  return flags
}

const readComparison = (evaluation: Evaluation, index: number): Slot => {
  const { reads, shared } = evaluation
  if (reads[index] === 1) return { flags: computeComparison(evaluation, index), owned: true }
  const flags = shared[index] ?? computeComparison(evaluation, index)
  shared[index] = flags
  return { flags, owned: false }
}

const writable = (series: SeriesColumns, slot: Slot): Slot => {
  if (slot.owned) return slot
  const flags = series.borrowFlags()
  flags.words.set(slot.flags.words)
  return { flags, owned: true }
}

const negate = (series: SeriesColumns, slot: Slot): Slot => {
  const result = writable(series, slot)
  const { words } = result.flags
  for (let i = 0; i < words.length; i++) words[i] = words[i]! ^ ALL_BARS_TRUE
  return result
}

const combine = (series: SeriesColumns, operands: readonly [Slot, Slot], step: number): Slot => {
  const [first, second] = operands[0].owned ? operands : [operands[1], operands[0]]
  const result = writable(series, first)
  const into = result.flags.words
  const from = second.flags.words
  if (step === AND) for (let i = 0; i < into.length; i++) into[i] = into[i]! & from[i]!
  else for (let i = 0; i < into.length; i++) into[i] = into[i]! | from[i]!
  if (second.owned) series.giveBackFlags(second.flags)
  return result
}

const evaluateRule = (evaluation: Evaluation, { steps }: RulePlan): Slot => {
  const { series } = evaluation
  const stack: Slot[] = []
  for (const step of steps) {
    if (step >= 0) stack.push(readComparison(evaluation, step))
    else if (step === NOT) stack.push(negate(series, stack.pop() as Slot))
    else {
      const right = stack.pop() as Slot
      stack.push(combine(series, [stack.pop() as Slot, right], step === OR ? OR : AND))
    }
  }
  return stack[0] as Slot
}

const countReads = (program: Program): Int32Array => {
  const reads = new Int32Array(program.comparisons.length)
  for (const rule of [program.entryLong, program.entryShort, program.exitLong, program.exitShort]) {
    for (const step of rule?.steps ?? []) if (step >= 0) reads[step] = reads[step]! + 1
  }
  return reads
}

/**
 * One byte of ENTRY_… and EXIT_… bits a bar. Every distinct indicator and comparison is computed once; the column
 * belongs to `series` and goes back to it with `giveBackFlags` when the run is over.
 */
export const evaluateSignals = (program: Program, series: SeriesColumns): FlagColumn => {
  const shared = program.comparisons.map(() => null)
  const evaluation: Evaluation = { program, series, reads: countReads(program), shared }
  const signals = series.borrowFlags()
  const { words } = signals
  words.fill(0)
  const rules = [program.entryLong, program.entryShort, program.exitLong, program.exitShort]
  for (const [shift, rule] of rules.entries()) {
    if (rule === null) continue
    const slot = evaluateRule(evaluation, rule)
    const from = slot.flags.words
    for (let i = 0; i < words.length; i++) words[i] = words[i]! | (from[i]! << shift)
    if (slot.owned) series.giveBackFlags(slot.flags)
  }
  for (const flags of evaluation.shared) if (flags !== null) series.giveBackFlags(flags)
  return signals
}
