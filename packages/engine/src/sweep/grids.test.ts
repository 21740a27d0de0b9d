import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Axis } from './axes.ts'
import { countNew, type Grid, openGrids } from './grids.ts'

const grid = (firstOrdinal: number, a: readonly number[], b: readonly number[]): Grid => ({
  firstOrdinal,
  axes: [
    ['a', a],
    ['b', b],
  ],
})

describe('the grids of a sweep', () => {
  const extended = [grid(0, [1, 2], [10, 20]), grid(4, [2, 3], [20, 30])]

  test('number their combinations one after the other', () => {
    const { end, paramsAt } = openGrids(extended)
    expect(end).toBe(8)
    expect([0, 3, 5, 6, 7].map(paramsAt)).toEqual([
      { a: 1, b: 10 },
      { a: 2, b: 20 },
      { a: 2, b: 30 },
      { a: 3, b: 20 },
      { a: 3, b: 30 },
    ])
  })

  test('have each combination once, in the earliest grid that has it', () => {
    expect(openGrids(extended).paramsAt(4)).toBeUndefined()
    expect(countNew(extended)).toBe(3)
  })

  test('count as new what a union of them gains, whatever the grids', () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 })
    const axes = fc.tuple(values, values).map(([a, b]): readonly Axis[] => [
      ['a', a],
      ['b', b],
    ])
    fc.assert(
      fc.property(fc.array(axes, { minLength: 1, maxLength: 4 }), (list) => {
        const grids: Grid[] = []
        const seen = new Set<string>()
        for (const one of list) {
          grids.push({ firstOrdinal: openGrids(grids).end, axes: one })
          const before = seen.size
          for (const a of one[0]![1]) for (const b of one[1]![1]) seen.add(`${a} ${b}`)
          expect(countNew(grids)).toBe(seen.size - before)
        }
      }),
      { seed: 11, numRuns: 200 },
    )
  })
})
