import type {
  Action,
  ExplainedComparison,
  ExplainedNode,
  ExplainedOperand,
  RuleExplanation,
  SignalExplanation,
} from '@botcriptofy/engine/strategy'
import Table from 'cli-table3'
import pc from 'picocolors'

const COLOURS: Readonly<Record<Action, (text: string) => string>> = {
  BUY: pc.green,
  SELL: pc.red,
  HOLD: pc.yellow,
}

const timeOf = ({ time }: SignalExplanation): string => new Date(time).toISOString()

/** Seven digits tell prices and oscillators apart; `--json` has all of them. */
const numberText = (value: number | null): string =>
  value === null ? 'undefined' : String(Number(value.toPrecision(7)))

const isNumber = ({ text, value }: ExplainedOperand): boolean => String(value) === text

/** `rsi 28.4 (before 31.2)`; a number in the rule is its own value. */
const operandText = (operand: ExplainedOperand): string => {
  if (isNumber(operand)) return operand.text
  const before = operand.before === undefined ? '' : ` (before ${numberText(operand.before)})`
  return `${operand.text} ${numberText(operand.value)}${before}`
}

const comparisonText = ({ left, op, right }: ExplainedComparison): string =>
  `${operandText(left)} ${op} ${operandText(right)}`

/** A rule may rest on a comparison that does not hold. */
const reasonText = (comparison: ExplainedComparison): string =>
  comparison.holds ? comparisonText(comparison) : `not (${comparisonText(comparison)})`

/** One line a signal: when, what, and the comparisons that made it. */
export const renderSignals = (signals: readonly SignalExplanation[]): string => {
  if (signals.length === 0) return 'no signal to buy or to sell\n'
  const table = new Table({
    head: ['bar', 'open (UTC)', 'signal', 'because'],
    colAligns: ['right', 'left', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const signal of signals) {
    const { bar, action, decidedBy } = signal
    table.push([bar, timeOf(signal), COLOURS[action](action), decidedBy.map(reasonText).join('\n')])
  }
  return `${table.toString()}\n`
}

const INDENT = '  '
/** Deeper rules than anybody reads stay on the screen. */
const MAX_INDENT = 40

const nodeText = (node: ExplainedNode): string => {
  const indent = INDENT.repeat(Math.min(node.depth + 1, MAX_INDENT))
  const mark = node.holds ? pc.green('✓') : pc.red('✗')
  const text = node.kind === 'comparison' ? comparisonText(node.comparison) : node.kind
  return `${indent}${mark} ${node.decides ? text : pc.dim(text)}${node.decides && node.kind === 'comparison' ? ' ←' : ''}\n`
}

const ruleText = ({ rule, holds, nodes }: RuleExplanation): string =>
  `${rule}: ${holds ? 'holds' : 'does not hold'}\n${nodes.map(nodeText).join('')}`

const headline = (signal: SignalExplanation): string => {
  const { action, bar, rules } = signal
  const text = `${timeOf(signal)}, bar ${bar}: ${COLOURS[action](action)}`
  const isTorn = action === 'HOLD' && rules.some(({ holds }) => holds)
  return isTorn ? `${text}, as rules to buy and to sell hold at once` : text
}

/** The whole tree of every rule at one bar; an arrow marks the comparisons that the result of their rule rests on. */
export const describeSignal = (signal: SignalExplanation): string =>
  `${headline(signal)}\n${signal.rules.map(ruleText).join('')}`
