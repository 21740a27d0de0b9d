import type { Problem } from '../kernel/index.ts'
import { firstDefined, type Names, planOperand } from './operand.ts'
import { AND, type ComparisonPlan, NOT, OR, type RulePlan } from './program.ts'
import type { Comparison, Rule } from './strategy.ts'

/** Collects the distinct comparisons of all rules of one strategy. */
export interface ComparisonTable {
  readonly names: Names
  readonly problems: Problem[]
  readonly plans: ComparisonPlan[]
  readonly indexByKey: Map<string, number>
}

export const createComparisonTable = (names: Names, problems: Problem[]): ComparisonTable => ({
  names,
  problems,
  plans: [],
  indexByKey: new Map(),
})

const isCross = (op: Comparison['op']): boolean => op === 'crosses_above' || op === 'crosses_below'

/** Index of the comparison in the table; 0 when it has problems, which end the compilation anyway. */
const internComparison = (table: ComparisonTable, comparison: Comparison, path: string): number => {
  const left = planOperand(comparison.left, `${path}.left`, table)
  const right = planOperand(comparison.right, `${path}.right`, table)
  if (left === null || right === null) return 0
  const key = JSON.stringify([left, comparison.op, right])
  const known = table.indexByKey.get(key)
  if (known !== undefined) return known
  const { specs } = table.names
  const defined = Math.max(firstDefined(left, specs), firstDefined(right, specs))
  const index = table.plans.length
  table.plans.push({
    left,
    op: comparison.op,
    right,
    firstDefined: defined + (isCross(comparison.op) ? 1 : 0),
  })
  table.indexByKey.set(key, index)
  return index
}

type Task = { readonly rule: Rule; readonly path: string } | { readonly emit: number }

/** The tasks of a list in order: the first child, then each further child followed by its operator. */
const listTasks = (children: readonly Rule[], emit: number, path: string): Task[] =>
  children.flatMap((rule, index): Task[] => {
    const task = { rule, path: `${path}[${index}]` }
    return index === 0 ? [task] : [task, { emit }]
  })

/** Rules may be nested to any depth, so the tree is walked with a stack of tasks and not by recursion. */
export const compileRule = (table: ComparisonTable, rule: Rule, path: string): RulePlan => {
  const steps: number[] = []
  const tasks: Task[] = [{ rule, path }]
  const expand = (next: readonly Task[]): void => {
    for (let i = next.length - 1; i >= 0; i--) tasks.push(next[i] as Task)
  }
  const expandList = (children: readonly Rule[], emit: number, at: string): void => {
    if (children.length === 0) {
      table.problems.push({ path: at, expected: 'at least one rule', actual: 'an empty list' })
    }
    expand(listTasks(children, emit, at))
  }
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ('emit' in task) steps.push(task.emit)
    else if ('all' in task.rule) expandList(task.rule.all, AND, `${task.path}.all`)
    else if ('any' in task.rule) expandList(task.rule.any, OR, `${task.path}.any`)
    else if ('not' in task.rule) expand([{ rule: task.rule.not, path: `${task.path}.not` }, { emit: NOT }])
    else steps.push(internComparison(table, task.rule, task.path))
  }
  return { steps: Int32Array.from(steps), firstTrue: firstTrueOf(steps, table.plans) }
}

/** `not` of an undefined comparison is true, so a negated rule can be true from the first bar on. */
const firstTrueOf = (steps: readonly number[], comparisons: readonly ComparisonPlan[]): number => {
  const stack: number[] = []
  for (const step of steps) {
    if (step >= 0) stack.push(comparisons[step]?.firstDefined ?? 0)
    else if (step === NOT) stack[stack.length - 1] = 0
    else {
      const right = stack.pop() ?? 0
      const left = stack.pop() ?? 0
      stack.push(step === AND ? Math.max(left, right) : Math.min(left, right))
    }
  }
  return stack[0] ?? 0
}
