import { holds, type Sides } from './compare-values.ts'
import { operandText } from './operand-text.ts'
import type { ComparisonPlan, OperandPlan, Program, RulePlan } from './program.ts'
import type { Comparison, Operand, Operator, Rule } from './strategy.ts'
import { isCross } from './warm-up.ts'

/** One side of a comparison; values are null while undefined. */
export interface ExplainedOperand {
  readonly text: string
  readonly value: number | null
  /** The value one bar before, for crosses. */
  readonly before?: number | null
}

export interface ExplainedComparison {
  readonly left: ExplainedOperand
  readonly op: Operator
  readonly right: ExplainedOperand
  readonly holds: boolean
}

interface NodeFacts {
  /** 0 for the rule itself; the nodes below one follow it, one deeper. */
  readonly depth: number
  readonly holds: boolean
  /** Whether the result of the whole rule rests on this node. */
  readonly decides: boolean
}

type NodeContent =
  | { readonly kind: 'all' | 'any' | 'not' }
  | { readonly kind: 'comparison'; readonly comparison: ExplainedComparison }

export type ExplainedNode = NodeContent & NodeFacts

/** The value of an operand at a close, `back` bars before the one that is explained; NaN while undefined. */
export type ReadOperand = (operand: OperandPlan, back: 0 | 1) => number

export interface RuleInput {
  readonly program: Program
  readonly read: ReadOperand
  readonly rule: Rule
  readonly plan: RulePlan
}

const NEVER: Sides = { left: Number.NaN, right: Number.NaN }

/** NaN has no place in JSON. */
const known = (value: number): number | null => (Number.isNaN(value) ? null : value)

const explainComparison = (
  { read }: RuleInput,
  comparison: Comparison,
  { left, op, right }: ComparisonPlan,
): ExplainedComparison => {
  const now = { left: read(left, 0), right: read(right, 0) }
  const before = isCross(op) ? { left: read(left, 1), right: read(right, 1) } : NEVER
  const side = (operand: Operand, key: 'left' | 'right'): ExplainedOperand => ({
    text: operandText(operand),
    value: known(now[key]),
    ...(isCross(op) ? { before: known(before[key]) } : {}),
  })
  return {
    left: side(comparison.left, 'left'),
    op,
    right: side(comparison.right, 'right'),
    holds: holds(op, now, before),
  }
}

interface Draft {
  readonly content: NodeContent
  readonly depth: number
  /** Index of the node above; -1 for the rule itself. */
  readonly parent: number
  holds: boolean
  decides: boolean
}

interface Task {
  readonly rule: Rule
  readonly depth: number
  readonly parent: number
}

const childrenOf = (rule: Rule): readonly Rule[] => {
  if ('all' in rule) return rule.all
  if ('any' in rule) return rule.any
  return 'not' in rule ? [rule.not] : []
}

const contentOf = (rule: Rule, explain: (comparison: Comparison) => ExplainedComparison): NodeContent => {
  if ('all' in rule) return { kind: 'all' }
  if ('any' in rule) return { kind: 'any' }
  return 'not' in rule ? { kind: 'not' } : { kind: 'comparison', comparison: explain(rule) }
}

/** `all` holds until a child below it does not, `any` and `not` the other way round. */
const holdsAtFirst = (content: NodeContent): boolean =>
  content.kind === 'comparison' ? content.comparison.holds : content.kind === 'all'

/** The nodes in the order of the text; comparisons come in the order of the plan's steps. */
const draftNodes = (input: RuleInput): Draft[] => {
  const { program, plan } = input
  const comparisons = plan.steps.filter((step) => step >= 0)
  const drafts: Draft[] = []
  const tasks: Task[] = [{ rule: input.rule, depth: 0, parent: -1 }]
  let seen = 0
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { rule, depth, parent } = task
    const content = contentOf(rule, (comparison) => {
      const index = comparisons[seen++]!
      return explainComparison(input, comparison, program.comparisons[index] as ComparisonPlan)
    })
    const index = drafts.length
    drafts.push({ content, depth, parent, holds: holdsAtFirst(content), decides: false })
    const children = childrenOf(rule)
    for (let i = children.length - 1; i >= 0; i--) {
      tasks.push({ rule: children[i] as Rule, depth: depth + 1, parent: index })
    }
  }
  return drafts
}

/** Children stand behind their parents, so that from the back every node is settled before it counts. */
const settle = (drafts: readonly Draft[]): void => {
  for (let index = drafts.length - 1; index > 0; index--) {
    const { holds: result, parent } = drafts[index] as Draft
    const above = drafts[parent] as Draft
    if (above.content.kind === 'not') above.holds = !result
    else if (above.content.kind === 'all') above.holds &&= result
    else above.holds ||= result
  }
}

/**
 * The result of `all` rests on all of its children when it holds and on the false ones when not, that of `any` the
 * other way round: in every case on the children that agree with it.
 */
const findDeciding = (drafts: readonly Draft[]): void => {
  for (const draft of drafts) {
    const above = drafts[draft.parent]
    draft.decides =
      above === undefined || (above.decides && (above.content.kind === 'not' || above.holds === draft.holds))
  }
}

/** What each part of a rule says at a bar, and on which parts the result rests. */
export const explainRule = (input: RuleInput): readonly ExplainedNode[] => {
  const drafts = draftNodes(input)
  settle(drafts)
  findDeciding(drafts)
  return drafts.map(({ content, depth, holds: result, decides }) => ({
    ...content,
    depth,
    holds: result,
    decides,
  }))
}
