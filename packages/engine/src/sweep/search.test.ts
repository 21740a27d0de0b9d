import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Axis, combinationCount } from './axes.ts'
import { objectiveOf } from './objective.ts'
import { scoreOf } from './score.ts'
import {
  planRound,
  type RoundResult,
  runsAllowed,
  samplerOf,
  type Search,
  type SearchRound,
} from './search.ts'

const axesOf = (...sizes: readonly number[]): readonly Axis[] =>
  sizes.map((size, axis) => [`p${axis}`, Array.from({ length: size }, (_, level) => level)])
const seed = 5
const tpe = { method: 'tpe', runs: 60, seed, batch: 9, startup: 20, gamma: 0.15, candidates: 24 } as const
const halving = {
  method: 'successive_halving',
  sample: 'random',
  runs: 27,
  seed,
  eta: 3,
  minShare: 0.1,
} as const
const searches: readonly Search[] = [
  { method: 'grid' },
  { method: 'random', runs: 40, seed },
  { method: 'latin_hypercube', runs: 40, seed },
  halving,
  { ...halving, sample: 'latin_hypercube' },
  tpe,
]

const listOf = ({ ordinals }: SearchRound): readonly number[] =>
  'from' in ordinals
    ? Array.from({ length: ordinals.to - ordinals.from }, (_, k) => ordinals.from + k)
    : ordinals

/** Plays a search to its end: its rounds and their results. */
const play = (axes: readonly Axis[], search: Search) => {
  const results: RoundResult[] = []
  const rounds: SearchRound[] = []
  const sampler = samplerOf(axes, search)
  for (let round = 0; ; round++) {
    const plan = planRound(axes, search, { round, results })
    if (plan === undefined) return { rounds, results }
    rounds.push(plan)
    for (const ordinal of listOf(plan)) {
      const sharpe = ((sampler.gridOrdinalAt(ordinal) * 37) % 101) * plan.share
      results.push({
        round,
        ordinal,
        score: ordinal % 11 === 0 ? null : scoreOf({ sharpe }, objectiveOf('sharpe')),
      })
    }
  }
}

describe('planRound', () => {
  const axes = axesOf(6, 5, 4)

  it.each(searches)('gives each combination of $method once a round, inside the grid', (search) => {
    const { rounds } = play(axes, search)
    const sampler = samplerOf(axes, search)
    expect(rounds.map(({ round }) => round)).toEqual(rounds.map((_, round) => round))
    for (const plan of rounds) {
      const grid = listOf(plan).map(sampler.gridOrdinalAt)
      expect(new Set(grid).size).toBe(grid.length)
      expect(grid.every((ordinal) => ordinal >= 0 && ordinal < combinationCount(axes))).toBe(true)
    }
  })

  it.each(searches)(
    'plans a round of $method the same when some or all of its results are there',
    (search) => {
      const { rounds, results } = play(axes, search)
      fc.assert(
        fc.property(fc.nat({ max: rounds.length - 1 }), fc.nat(), (round, cut) => {
          const of = results.filter((result) => result.round <= round)
          const earlier = of.filter((result) => result.round < round).length
          const known = of.slice(0, earlier + (cut % (of.length - earlier + 1)))
          expect(planRound(axes, search, { round, results: known.toReversed() })).toEqual(rounds[round])
        }),
        { seed: 91, numRuns: 40 },
      )
      expect(planRound(axes, search, { round: rounds.length, results })).toBeUndefined()
    },
  )

  test('rounds of one sampling, of rungs and of batches are as large as they should be', () => {
    const sizesOf = (search: Search) =>
      play(axes, search).rounds.map((plan) => [listOf(plan).length, plan.share])
    expect(sizesOf({ method: 'grid' })).toEqual([[120, 1]])
    expect(sizesOf({ method: 'random', runs: 40, seed })).toEqual([[40, 1]])
    expect(sizesOf(halving)).toEqual([
      [27, 1 / 9],
      [9, 1 / 3],
      [3, 1],
    ])
    expect(sizesOf(tpe)).toEqual([20, 9, 9, 9, 9, 4].map((runs) => [runs, 1]))
  })

  test('a Latin hypercube leaves its repetitions out', () => {
    const search = { method: 'latin_hypercube', runs: 100, seed } as const
    const [round] = play(axes, search).rounds
    const combinations = Array.from({ length: 100 }, (_, k) => samplerOf(axes, search).gridOrdinalAt(k))
    expect(listOf(round!)).toHaveLength(new Set(combinations).size)
    expect(listOf(round!).length).toBeLessThan(100)
  })

  test('a thousand million combinations are planned without listing them', () => {
    const many = axesOf(1000, 1000, 1000)
    expect(
      planRound(many, { method: 'random', runs: 1e9, seed }, { round: 0, results: [] })?.ordinals,
    ).toEqual({
      from: 0,
      to: 1e9,
    })
    expect(planRound(many, { ...tpe, startup: 4 }, { round: 0, results: [] })?.ordinals).toHaveLength(4)
  })

  test('a rung is not planned before the one below it is complete', () => {
    const { results } = play(axes, halving)
    expect(() => planRound(axes, halving, { round: 1, results: results.slice(0, 20) })).toThrow(
      'round 1 is planned while round 0 has no result',
    )
  })
})

test.each([
  [{}, 1e6, 1e6, 25],
  [{ runs: 100 }, 80, 1e6, 20],
  [{ runs: 100 }, 60, 1e6, 25],
  [{ runs: 100 }, 120, 1e6, 0],
  [{ seconds: 60 }, 1e6, 59.9, 25],
  [{ seconds: 60 }, 0, 60, 0],
  [{ runs: 100, seconds: 60 }, 90, 61, 0],
])('a budget of %j after %d runs and %d s lets %d of 25 runs begin', (budget, runs, seconds, allowed) => {
  expect(runsAllowed(budget, { runs, seconds }, 25)).toBe(allowed)
})
