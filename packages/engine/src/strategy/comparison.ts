import {
  atLeast,
  atLeastNumber,
  crossAbove,
  crossAboveNumber,
  different,
  differentNumber,
  differs,
  equal,
  equalNumber,
  equals,
  greater,
  greaterThanNumber,
  numberAtLeast,
  numberCrossAbove,
  numberGreater,
} from './compare-kernels.ts'
import type { Operator } from './strategy.ts'

/** An operand at run time: a constant, or a column that is read `offset` bars back. */
export type OperandValue = number | { readonly column: Float64Array; readonly offset: number }

interface Family {
  readonly columns: (out: Uint8Array, a: Float64Array, b: Float64Array) => void
  readonly columnNumber: (out: Uint8Array, a: Float64Array, b: number) => void
  readonly numberColumn: (out: Uint8Array, a: number, b: Float64Array) => void
  readonly numbers: (a: number, b: number) => boolean
  readonly isCross: boolean
}

const GREATER: Family = {
  columns: greater,
  columnNumber: greaterThanNumber,
  numberColumn: numberGreater,
  numbers: (a, b) => a > b,
  isCross: false,
}
const AT_LEAST: Family = {
  columns: atLeast,
  columnNumber: atLeastNumber,
  numberColumn: numberAtLeast,
  numbers: (a, b) => a >= b,
  isCross: false,
}
const EQUAL: Family = {
  columns: equal,
  columnNumber: equalNumber,
  numberColumn: (out, a, b) => equalNumber(out, b, a),
  numbers: equals,
  isCross: false,
}
const DIFFERENT: Family = {
  columns: different,
  columnNumber: differentNumber,
  numberColumn: (out, a, b) => differentNumber(out, b, a),
  numbers: differs,
  isCross: false,
}
const CROSS: Family = {
  columns: crossAbove,
  columnNumber: crossAboveNumber,
  numberColumn: numberCrossAbove,
  numbers: () => false,
  isCross: true,
}

/** `a < b` is `b > a`, and `a` crossing below `b` is `b` crossing above `a`. */
const FAMILIES: Readonly<Record<Operator, { readonly family: Family; readonly swap: boolean }>> = {
  '>': { family: GREATER, swap: false },
  '<': { family: GREATER, swap: true },
  '>=': { family: AT_LEAST, swap: false },
  '<=': { family: AT_LEAST, swap: true },
  '==': { family: EQUAL, swap: false },
  '!=': { family: DIFFERENT, swap: false },
  crosses_above: { family: CROSS, swap: false },
  crosses_below: { family: CROSS, swap: true },
}

const offsetOf = (operand: OperandValue): number => (typeof operand === 'number' ? 0 : operand.offset)

/** Writes 1 where the comparison holds and 0 elsewhere; `out` has one element a bar. */
export const compareInto = (
  out: Uint8Array,
  op: Operator,
  operands: readonly [OperandValue, OperandValue],
): void => {
  const { family, swap } = FAMILIES[op]
  const [a, b] = swap ? [operands[1], operands[0]] : operands
  const before = family.isCross ? 1 : 0
  const start = Math.max(offsetOf(a), offsetOf(b)) + before
  out.fill(0, 0, start)
  if (start >= out.length) return
  const rest = out.subarray(start)
  const view = (operand: Exclude<OperandValue, number>): Float64Array =>
    operand.column.subarray(start - before - operand.offset)
  if (typeof a === 'number') {
    if (typeof b === 'number') rest.fill(family.numbers(a, b) ? 1 : 0)
    else family.numberColumn(rest, a, view(b))
  } else if (typeof b === 'number') family.columnNumber(rest, view(a), b)
  else family.columns(rest, view(a), view(b))
}
