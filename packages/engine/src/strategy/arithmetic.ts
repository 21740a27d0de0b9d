import { ARITHMETIC_OPERATORS, type Arithmetic, type ArithmeticOperator, type Operand } from './strategy.ts'

/** How many operands an operator takes. */
export const ARITHMETIC_ARITY: Readonly<Record<ArithmeticOperator, 'one' | 'two' | 'two or more'>> = {
  add: 'two or more',
  sub: 'two',
  mul: 'two or more',
  div: 'two',
  min: 'two or more',
  max: 'two or more',
  abs: 'one',
}

export const isArithmetic = (operand: Operand): operand is Arithmetic =>
  typeof operand === 'object' && !('ref' in operand)

/** The operator and its operands, in order; a bare operand of `abs` is a list of one. */
export const readArithmetic = (
  arithmetic: Arithmetic,
): { readonly op: ArithmeticOperator; readonly operands: readonly Operand[]; readonly isBare: boolean } => {
  const op = ARITHMETIC_OPERATORS.find((name) => Object.hasOwn(arithmetic, name)) ?? 'abs'
  const value = (arithmetic as Readonly<Record<string, Operand | readonly Operand[]>>)[op]
  if (isList(value)) return { op, operands: value, isBare: false }
  return { op, operands: value === undefined ? [] : [value], isBare: true }
}

const isList = (value: Operand | readonly Operand[] | undefined): value is readonly Operand[] =>
  Array.isArray(value)

/** `r - r` is 0 for a finite result and NaN otherwise, so that an infinite result becomes NaN too. */
const finite = (result: number): number => result + (result - result)

const OPERATIONS: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  add: (a, b) => finite(a + b),
  sub: (a, b) => finite(a - b),
  mul: (a, b) => finite(a * b),
  div: (a, b) => finite(a / b),
  min: (a, b) => finite(Math.min(a, b)),
  max: (a, b) => finite(Math.max(a, b)),
  abs: (a) => finite(Math.abs(a)),
}

/** NaN where an operand is NaN or the result is not finite; `abs` looks at `a` alone. */
export const applyArithmetic = (op: ArithmeticOperator, a: number, b: number): number => OPERATIONS[op](a, b)
