import { describe, expect, it } from 'vitest'
import { runsToKeep } from './runs-to-keep.ts'

const runsOf = (values: readonly (number | null)[]) =>
  values.map((score, ordinal) => ({ ordinal, rank: { score, violation: 0 } }))
const keptOf = (values: readonly (number | null)[], threshold: number | null) =>
  runsToKeep(runsOf(values), threshold === null ? null : { score: threshold, violation: 0 }).map(
    ({ ordinal }) => ordinal,
  )

const MANY = Array.from({ length: 50 }, (_, i) => (i * 7) % 50)

describe('runsToKeep', () => {
  it.each<[string, readonly (number | null)[], number | null, readonly number[]]>([
    ['all of few, the best first', [1, 3, 2], null, [1, 2, 0]],
    ['those without a value last', [null, -1, null, 5], null, [3, 1, 0, 2]],
    ['the earlier of equal ones first', [2, 4, 4, 2], null, [1, 2, 0, 3]],
    ['what is above the last kept so far', [1, 3, 2, null], 2, [1]],
    ['nothing where none is above it', [1, 2, null], 2, []],
  ])('keeps %s', (_name, values, threshold, kept) => {
    expect(keptOf(values, threshold)).toEqual(kept)
  })

  it('keeps no more than a sweep does', () => {
    const best = MANY.map((value, ordinal) => ({ value, ordinal })).toSorted((a, b) => b.value - a.value)
    expect(keptOf(MANY, null)).toEqual(best.slice(0, 20).map(({ ordinal }) => ordinal))
  })
})
