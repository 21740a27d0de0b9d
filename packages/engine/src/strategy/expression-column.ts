import type { OperandValue } from './comparison.ts'
import type { ExpressionStep } from './program.ts'
import type { ArithmeticOperator } from './strategy.ts'

/** A run of values: `at` is the index of the first. */
interface Values {
  readonly column: Float64Array
  readonly at: number
}

/** Fills `out`, which may be the memory of an operand that is read from its start. */
type Kernel = (out: Float64Array, a: Values, b: Values) => void

// `r + (r - r)` is r where r is finite and NaN elsewhere, as in `applyArithmetic`.
const KERNELS: Readonly<Record<ArithmeticOperator, Kernel>> = {
  add: (out, a, b) => {
    const { column: x, at: i } = a
    const { column: y, at: j } = b
    for (let k = 0; k < out.length; k++) {
      const r = x[i + k]! + y[j + k]!
      out[k] = r + (r - r)
    }
  },
  sub: (out, a, b) => {
    const { column: x, at: i } = a
    const { column: y, at: j } = b
    for (let k = 0; k < out.length; k++) {
      const r = x[i + k]! - y[j + k]!
      out[k] = r + (r - r)
    }
  },
  mul: (out, a, b) => {
    const { column: x, at: i } = a
    const { column: y, at: j } = b
    for (let k = 0; k < out.length; k++) {
      const r = x[i + k]! * y[j + k]!
      out[k] = r + (r - r)
    }
  },
  div: (out, a, b) => {
    const { column: x, at: i } = a
    const { column: y, at: j } = b
    for (let k = 0; k < out.length; k++) {
      const r = x[i + k]! / y[j + k]!
      out[k] = r + (r - r)
    }
  },
  min: (out, a, b) => {
    const { column: x, at: i } = a
    const { column: y, at: j } = b
    for (let k = 0; k < out.length; k++) {
      const r = Math.min(x[i + k]!, y[j + k]!)
      out[k] = r + (r - r)
    }
  },
  max: (out, a, b) => {
    const { column: x, at: i } = a
    const { column: y, at: j } = b
    for (let k = 0; k < out.length; k++) {
      const r = Math.max(x[i + k]!, y[j + k]!)
      out[k] = r + (r - r)
    }
  },
  abs: (out, a) => {
    const { column: x, at: i } = a
    for (let k = 0; k < out.length; k++) {
      const r = Math.abs(x[i + k]!)
      out[k] = r + (r - r)
    }
  },
}

const BLOCK_BARS = 1024
/** Bounds what the stack of a hostile expression takes: 2^20 values, 8 MB. */
const MAX_STACK_VALUES = 1 << 20

const stackDepth = (steps: readonly ExpressionStep[]): number => {
  let depth = 0
  let deepest = 0
  for (const step of steps) {
    if (step.kind !== 'apply') deepest = Math.max(deepest, ++depth)
    else if (step.op !== 'abs') depth--
  }
  return deepest
}

/** A step with its input at hand. */
type BoundStep =
  | { readonly leaf: Exclude<OperandValue, number> }
  | { readonly constant: number }
  | { readonly kernel: Kernel; readonly operands: 1 | 2 }

/** The stack machine over one block of bars: intermediate results live in one buffer per stack position. */
class BlockMachine {
  readonly #steps: readonly BoundStep[]
  readonly #blockBars: number
  readonly #buffers: Float64Array[] = []
  readonly #stack: Values[] = []

  constructor(steps: readonly BoundStep[], blockBars: number) {
    this.#steps = steps
    this.#blockBars = blockBars
  }

  run(out: Float64Array, from: number): void {
    const stack = this.#stack
    const bars = Math.min(this.#blockBars, out.length - from)
    for (const step of this.#steps) {
      if ('leaf' in step) stack.push({ column: step.leaf.column, at: from - step.leaf.offset })
      else if ('constant' in step) stack.push({ column: this.#buffer().fill(step.constant), at: 0 })
      else {
        const b = stack.pop() as Values
        const a = step.operands === 1 ? b : (stack.pop() as Values)
        const column = this.#buffer()
        step.kernel(column.subarray(0, bars), a, b)
        stack.push({ column, at: 0 })
      }
    }
    const { column, at } = stack.pop() as Values
    out.set(column.subarray(at, at + bars), from)
  }

  /** The buffer of the stack position that is written next. */
  #buffer(): Float64Array {
    return (this.#buffers[this.#stack.length] ??= new Float64Array(this.#blockBars))
  }
}

/** Fills one value a bar, NaN where undefined; `valueOf` gives the operand of a step. */
export const fillExpression = (
  out: Float64Array,
  steps: readonly ExpressionStep[],
  valueOf: (leaf: Exclude<ExpressionStep, { kind: 'apply' }>) => OperandValue,
): void => {
  const perBlock = Math.floor(MAX_STACK_VALUES / stackDepth(steps))
  const blockBars = Math.max(16, Math.min(BLOCK_BARS, perBlock))
  let start = 0
  const bound = steps.map((step): BoundStep => {
    if (step.kind === 'apply') return { kernel: KERNELS[step.op], operands: step.op === 'abs' ? 1 : 2 }
    const value = valueOf(step)
    if (typeof value === 'number') return { constant: value }
    start = Math.max(start, value.offset)
    return { leaf: value }
  })
  out.fill(Number.NaN, 0, start)
  const machine = new BlockMachine(bound, blockBars)
  for (let from = start; from < out.length; from += blockBars) machine.run(out, from)
}
