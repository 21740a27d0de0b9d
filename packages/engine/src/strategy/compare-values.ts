import { differs, equals } from './compare-kernels.ts'
import type { Operator } from './strategy.ts'

/** The two sides of a comparison; NaN where undefined. */
export interface Sides {
  readonly left: number
  readonly right: number
}

/** Whether a comparison holds at one bar; `before` is read by crosses alone. The columns of `compareInto` say the same. */
export const holds = (op: Operator, now: Sides, before: Sides): boolean => {
  const { left, right } = now
  switch (op) {
    case '>':
      return left > right
    case '<':
      return left < right
    case '>=':
      return left >= right
    case '<=':
      return left <= right
    case '==':
      return equals(left, right)
    case '!=':
      return differs(left, right)
    case 'crosses_above':
      return left > right && before.left <= before.right
    case 'crosses_below':
      return left < right && before.left >= before.right
  }
}
