import type { Problem } from '../kernel/index.ts'
import { type ExpressionTable, planOperand } from './expression.ts'
import type { Names } from './operand.ts'
import { AND, type ComparisonPlan, NOT, OR, type RulePlan } from './program.ts'
import type { Comparison, Rule } from './strategy.ts'
import { comparisonStart, lookbackStart, ruleStart } from './warm-up.ts'

/** Collects the distinct comparisons and expressions of one strategy. */
export interface ComparisonTable extends ExpressionTable {
  readonly plans: ComparisonPlan[]
  readonly indexByKey: Map<string, number>
}

export const createComparisonTable = (names: Names, problems: Problem[]): ComparisonTable => ({
  names,
  problems,
  expressions: [],
  expressionByKey: new Map(),
  plans: [],
  indexByKey: new Map(),
})

/** Index of the comparison in the table; 0 when it has problems, which end the compilation anyway. */
const internComparison = (table: ComparisonTable, comparison: Comparison, path: string): number => {
  const left = planOperand(table, comparison.left, `${path}.left`)
  const right = planOperand(table, comparison.right, `${path}.right`)
  if (left === null || right === null) return 0
  const { op } = comparison
  const key = JSON.stringify([left, op, right])
  const known = table.indexByKey.get(key)
  if (known !== undefined) return known
  const scope = { expressions: table.expressions, lineStart: lookbackStart(table.names.indicators) }
  const firstDefined = comparisonStart({ left, op, right }, scope)
  const index = table.plans.push({ left, op, right, firstDefined }) - 1
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
  return {
    steps: Int32Array.from(steps),
    firstTrue: ruleStart(steps, (index) => table.plans[index]?.firstDefined ?? 0),
  }
}
