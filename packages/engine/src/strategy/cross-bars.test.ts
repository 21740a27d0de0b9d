import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crossBars } from './cross-bars.ts'

const crossesAbove = (a: readonly number[], b: readonly number[], to: number): number[] =>
  a.flatMap((value, bar) =>
    bar > 0 && bar < to && value > b[bar]! && a[bar - 1]! <= b[bar - 1]! ? [bar] : [],
  )

it('finds the crosses of two columns with ties and gaps, both ways', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(Number.NaN))
  const column = fc.array(value, { minLength: 40, maxLength: 40 })
  fc.assert(
    fc.property(column, column, fc.integer({ min: 0, max: 40 }), (a, b, to) => {
      expect(crossBars(Float64Array.from(a), Float64Array.from(b), to)).toEqual({
        above: crossesAbove(a, b, to),
        below: crossesAbove(b, a, to),
      })
    }),
    { seed: 3, numRuns: 300 },
  )
})

it('passes long runs of bars on one side', () => {
  const side = (length: number, value: number) => Array.from({ length }, () => value)
  const a = Float64Array.from([...side(9, 1), ...side(10, -1), ...side(11, 1), 0, ...side(5, -1)])
  expect(crossBars(a, new Float64Array(a.length), a.length)).toEqual({ above: [19], below: [9, 31] })
})
