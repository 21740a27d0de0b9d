import { invariant } from '../kernel/index.ts'
import {
  type ExplainedComparison,
  type ExplainedNode,
  explainRule,
  type ReadOperand,
} from './explain-rule.ts'
import { operandColumn, valueAt } from './operand-column.ts'
import type { Program } from './program.ts'
import type { SeriesColumns } from './series-columns.ts'
import { rulesOf } from './signal-bits.ts'
import { ENTRY_LONG, ENTRY_SHORT, EXIT_LONG, EXIT_SHORT } from './signals.ts'
import type { Rule } from './strategy.ts'

/**
 * What the rules say at a close: BUY enters long or closes a short, SELL enters short or closes a long. Where rules of
 * both hold at once it depends on the position; without one that is HOLD.
 */
export type Action = 'BUY' | 'SELL' | 'HOLD'

const RULE_NAMES = ['entry.long', 'entry.short', 'exit.long', 'exit.short'] as const
export type RuleName = (typeof RULE_NAMES)[number]

export interface RuleExplanation {
  readonly rule: RuleName
  readonly holds: boolean
  /** The rule as a tree: each node is followed by those below it, one deeper. */
  readonly nodes: readonly ExplainedNode[]
}

/** JSON-safe, at any depth of the rules. */
export interface SignalExplanation {
  readonly bar: number
  /** Open of the bar, epoch ms. */
  readonly time: number
  readonly action: Action
  /** Every rule of the sides that are traded. */
  readonly rules: readonly RuleExplanation[]
  /** The comparisons on which the action rests; for HOLD those that keep the entries from holding. */
  readonly decidedBy: readonly ExplainedComparison[]
}

const BUYS = ENTRY_LONG | EXIT_SHORT
const SELLS = ENTRY_SHORT | EXIT_LONG

/** The action of the bits of a signal, whatever the position. */
export const actionOf = (bits: number): Action => {
  const buys = (bits & BUYS) !== 0
  if (buys === ((bits & SELLS) !== 0)) return 'HOLD'
  return buys ? 'BUY' : 'SELL'
}

const sourceOf = ({ strategy }: Program, name: RuleName): Rule | undefined => {
  const [part, side] = name.split('.') as ['entry' | 'exit', 'long' | 'short']
  return strategy[part]?.[side]
}

const readerAt =
  (program: Program, series: SeriesColumns, bar: number): ReadOperand =>
  (operand, back) =>
    valueAt(operandColumn(operand, { program, series }), bar - back)

const explainNodes = (
  program: Program,
  read: ReadOperand,
  name: RuleName,
): readonly ExplainedNode[] | null => {
  const plan = rulesOf(program)[RULE_NAMES.indexOf(name)] ?? null
  const rule = sourceOf(program, name)
  return plan === null || rule === undefined ? null : explainRule({ program, read, rule, plan })
}

const explainRules = (program: Program, read: ReadOperand): RuleExplanation[] =>
  RULE_NAMES.flatMap((rule) => {
    const nodes = explainNodes(program, read, rule)
    return nodes === null ? [] : [{ rule, holds: nodes[0]?.holds === true, nodes }]
  })

const decidingOf = (nodes: readonly ExplainedNode[]): ExplainedComparison[] =>
  nodes.flatMap((node) => (node.kind === 'comparison' && node.decides ? [node.comparison] : []))

interface RulePlace {
  readonly bar: number
  readonly rule: RuleName
}

/** The comparisons on which the result of one rule rests at the close of a bar; none where there is no such rule. */
export const decidingComparisons = (
  program: Program,
  series: SeriesColumns,
  { bar, rule }: RulePlace,
): readonly ExplainedComparison[] =>
  decidingOf(explainNodes(program, readerAt(program, series, bar), rule) ?? [])

/** What the rules say by the values that are read, and the comparisons it rests on. */
export const explainValues = (
  program: Program,
  read: ReadOperand,
): Pick<SignalExplanation, 'action' | 'rules' | 'decidedBy'> => {
  const rules = explainRules(program, read)
  const bits = rules.reduce(
    (sum, { rule, holds }) => (holds ? sum | (1 << RULE_NAMES.indexOf(rule)) : sum),
    0,
  )
  const holding = rules.filter(({ holds }) => holds)
  const entries = rules.filter(({ rule }) => rule.startsWith('entry'))
  return {
    action: actionOf(bits),
    rules,
    decidedBy: (holding.length > 0 ? holding : entries).flatMap(({ nodes }) => decidingOf(nodes)),
  }
}

/** Why the rules say what they say at the close of a bar: the same bits as `evaluateSignals`, with their reasons. */
export const explainSignal = (program: Program, series: SeriesColumns, bar: number): SignalExplanation => {
  invariant(Number.isInteger(bar) && bar >= 0 && bar < series.bars, 'the bar is one of the series')
  return { bar, time: series.candles.time[bar]!, ...explainValues(program, readerAt(program, series, bar)) }
}
