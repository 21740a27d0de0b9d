import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWindowExtremes, extremeOf, firstBeyond } from './window-extremes.ts'

const seeded = { seed: 8, numRuns: 30 }
const values = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 400 })
const sides = [
  ['highest', 1, Math.max],
  ['lowest', -1, Math.min],
] as const

describe.each(sides)('window extremes, the %s values', (_, sign, extreme) => {
  it('are those of every stretch of rows', () => {
    fc.assert(
      fc.property(values, fc.nat(), (numbers, step) => {
        const windows = createWindowExtremes(Float64Array.from(numbers), sign)
        for (let from = 0; from < numbers.length; from += 1 + (step % 7)) {
          for (let to = from + 1; to <= numbers.length; to++) {
            expect(extremeOf(windows, from, to)).toBe(sign * extreme(...numbers.slice(from, to)))
          }
        }
      }),
      seeded,
    )
  })

  it('lead to the first row that reaches a limit', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 41 }), (numbers, limit) => {
        const windows = createWindowExtremes(Float64Array.from(numbers), sign)
        for (let from = 0; from <= numbers.length; from++) {
          const to = Math.min(from + (limit % 9) * 40, numbers.length)
          const rows = numbers.slice(from, to)
          const found = rows.findIndex((value) => sign * value >= sign * limit)
          expect(firstBeyond(windows, { from, to }, sign * limit)).toBe(found < 0 ? to : from + found)
        }
      }),
      seeded,
    )
  })
})
