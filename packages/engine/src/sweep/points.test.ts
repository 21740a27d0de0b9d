import { describe, expect, it, test } from 'vitest'
import type { Axis } from './axes.ts'
import { openPlan, type PlacedRound } from './points.ts'

const axes: readonly Axis[] = [
  ['a', [1, 2, 3]],
  ['b', [10, 20]],
]

test('the points of grids are their combinations over all bars, each once', () => {
  const grids = [
    { firstOrdinal: 0, axes },
    { firstOrdinal: 6, axes: [['a', [3, 4]] as const, ['b', [10]] as const] },
  ]
  const pointAt = openPlan({ search: null, grids })
  expect(pointAt(1)).toEqual({ params: { a: 1, b: 20 }, share: 1 })
  expect(pointAt(6)).toBeUndefined()
  expect(pointAt(7)).toEqual({ params: { a: 4, b: 10 }, share: 1 })
})

describe('the points of a search', () => {
  const rounds: readonly PlacedRound[] = [
    { round: 0, firstOrdinal: 0, runs: 4, share: 1 / 3, candidates: null },
    { round: 1, firstOrdinal: 4, runs: 2, share: 1, candidates: [3, 0] },
  ]
  const search = {
    method: 'successive_halving',
    sample: 'random',
    runs: 4,
    seed: 9,
    eta: 3,
    minShare: 0.3,
  } as const
  const pointAt = openPlan({ search, axes, rounds })

  it('come back with another share when a round picks them again', () => {
    expect(pointAt(4)).toEqual({ params: pointAt(3)!.params, share: 1 })
    expect(pointAt(5)).toEqual({ params: pointAt(0)!.params, share: 1 })
    expect(pointAt(3)!.share).toBe(1 / 3)
  })

  it('end where the last round ends', () => {
    expect(() => pointAt(6)).toThrow('no round has the ordinal 6')
    expect(() => openPlan({ search, axes, rounds: [] })(0)).toThrow('no round has the ordinal 0')
  })

  it('of a model are the combinations of the grid', () => {
    const tpe = { method: 'tpe', runs: 4, seed: 9, startup: 2, batch: 2, gamma: 0.2, candidates: 8 } as const
    const round = { round: 0, firstOrdinal: 0, runs: 2, share: 1, candidates: [5, 2] }
    expect(openPlan({ search: tpe, axes, rounds: [round] })(0)?.params).toEqual({ a: 3, b: 20 })
  })
})
