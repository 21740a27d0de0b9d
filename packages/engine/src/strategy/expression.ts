import type { Problem } from '../kernel/index.ts'
import { applyArithmetic, ARITHMETIC_ARITY, isArithmetic, readArithmetic } from './arithmetic.ts'
import { indicatorKey } from './indicator-key.ts'
import { type Names, planLeaf } from './operand.ts'
import type { ExpressionPlan, ExpressionStep, IndicatorPlan, LeafPlan, OperandPlan } from './program.ts'
import type { Arithmetic, ArithmeticOperator, Operand } from './strategy.ts'

/** Collects the distinct expressions of one strategy. */
export interface ExpressionTable {
  readonly names: Names
  readonly problems: Problem[]
  readonly expressions: ExpressionPlan[]
  readonly expressionByKey: Map<string, number>
}

type Task = { readonly operand: Operand; readonly path: string } | { readonly apply: ArithmeticOperator }

const hasArity = (op: ArithmeticOperator, count: number): boolean => {
  const arity = ARITHMETIC_ARITY[op]
  return arity === 'one' ? count === 1 : arity === 'two' ? count === 2 : count >= 2
}

/** The tasks of `add: [a, b, c]` in order: a, b, add, c, add. */
const expand = (arithmetic: Arithmetic, path: string, problems: Problem[]): readonly Task[] => {
  const { op, operands, isBare } = readArithmetic(arithmetic)
  if (!hasArity(op, operands.length)) {
    const expected = `${ARITHMETIC_ARITY[op]} operand${op === 'abs' ? '' : 's'}`
    problems.push({ path: `${path}.${op}`, expected, actual: String(operands.length) })
  }
  return operands.flatMap((operand, index): Task[] => {
    const task = { operand, path: isBare ? `${path}.${op}` : `${path}.${op}[${index}]` }
    return index === 0 && op !== 'abs' ? [task] : [task, { apply: op }]
  })
}

const isNumber = (step: ExpressionStep | undefined): step is LeafPlan & { kind: 'number' } =>
  step?.kind === 'number'

/** Appends an operation; of constants only its result is kept. */
const emit = (steps: ExpressionStep[], op: ArithmeticOperator): void => {
  const last = steps.at(-1)
  const first = op === 'abs' ? last : steps.at(-2)
  if (isNumber(first) && isNumber(last)) {
    steps.length -= op === 'abs' ? 1 : 2
    steps.push({ kind: 'number', value: applyArithmetic(op, first.value, last.value) })
  } else steps.push({ kind: 'apply', op })
}

/** Arithmetic may be nested to any depth, so it is walked with a stack of tasks and not by recursion. */
const stepsOf = (table: ExpressionTable, arithmetic: Arithmetic, path: string): ExpressionStep[] | null => {
  const before = table.problems.length
  const steps: ExpressionStep[] = []
  const tasks: Task[] = [{ operand: arithmetic, path }]
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ('apply' in task) emit(steps, task.apply)
    else if (isArithmetic(task.operand)) {
      const next = expand(task.operand, task.path, table.problems)
      for (let i = next.length - 1; i >= 0; i--) tasks.push(next[i] as Task)
    } else {
      const leaf = planLeaf(task.operand, task.path, table)
      if (leaf !== null) steps.push(leaf)
    }
  }
  return table.problems.length > before ? null : steps
}

const stepKey = (step: ExpressionStep, indicators: readonly IndicatorPlan[]): string => {
  if (step.kind === 'apply') return step.op
  if (step.kind === 'number') return String(step.value)
  const name =
    step.kind === 'field'
      ? step.field
      : `${indicatorKey(indicators[step.indicator] as IndicatorPlan)}#${step.line}`
  return step.offset === 0 ? name : `${name}[${step.offset}]`
}

/** Resolves one operand; problems are added to the table with paths at or below `path`. */
export const planOperand = (table: ExpressionTable, operand: Operand, path: string): OperandPlan | null => {
  if (!isArithmetic(operand)) return planLeaf(operand, path, table)
  const steps = stepsOf(table, operand, path)
  if (steps === null) return null
  const [first] = steps
  if (steps.length === 1 && first !== undefined && first.kind !== 'apply') return first
  const key = steps.map((step) => stepKey(step, table.names.indicators)).join(' ')
  const known = table.expressionByKey.get(key)
  if (known !== undefined) return { kind: 'expression', expression: known }
  const expression = table.expressions.push({ steps, key }) - 1
  table.expressionByKey.set(key, expression)
  return { kind: 'expression', expression }
}
