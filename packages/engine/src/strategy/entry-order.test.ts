import { describe, expect, it } from 'vitest'
import { compileStrategy } from './compile.ts'
import type { EntryOrderPlan } from './program.ts'
import type { EntryOrder } from './strategy.ts'

const planOf = (entryOrder: EntryOrder | undefined): EntryOrderPlan | null => {
  const compiled = compileStrategy({
    name: 'test',
    version: 1,
    direction: 'long',
    indicators: { mean: { type: 'sma', params: { period: 2 } } },
    entry: { long: { left: 'close', op: '>', right: 0 } },
    entryOrder,
    sizing: { kind: 'units', value: 1 },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value.entryOrder
}

describe('the entry order of a program', () => {
  it.each<readonly [string, EntryOrder | undefined, EntryOrderPlan | null]>([
    ['none', undefined, null],
    [
      'a limit away from the close',
      { kind: 'limit', limit: { offsetFraction: 0.01 }, expireBars: 3 },
      { kind: 'limit', stop: null, limit: { kind: 'offset', fraction: 0.01 }, expireBars: 3 },
    ],
    [
      'a stop at an operand',
      { kind: 'stop', stop: { price: { ref: 'mean', offset: 1 } } },
      {
        kind: 'stop',
        stop: { kind: 'operand', operand: { kind: 'line', indicator: 0, line: 0, offset: 1 } },
        limit: null,
        expireBars: null,
      },
    ],
    [
      'a stop and a limit',
      { kind: 'oco', stop: { price: { mul: ['high', 1.01] } }, limit: { price: 5 } },
      {
        kind: 'oco',
        stop: { kind: 'operand', operand: { kind: 'expression', expression: 0 } },
        limit: { kind: 'operand', operand: { kind: 'number', value: 5 } },
        expireBars: null,
      },
    ],
  ])('is %s', (...[, order, plan]) => {
    expect(planOf(order)).toEqual(plan)
  })
})
