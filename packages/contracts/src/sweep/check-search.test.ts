import type { Axis, Search } from '@botcriptofy/engine/sweep'
import { describe, expect, it } from 'vitest'
import { budgetProblem, mayReopen } from './check-search.ts'

const axes: readonly Axis[] = [['p', Array.from({ length: 50 }, (_, k) => k)]]
const random: Search = { method: 'random', runs: 27, seed: 1 }
const halving: Search = {
  method: 'successive_halving',
  sample: 'random',
  runs: 27,
  seed: 1,
  eta: 3,
  minShare: 0.1,
}
const tpe: Search = { method: 'tpe', runs: 27, seed: 1, startup: 9, batch: 9, gamma: 0.2, candidates: 8 }

describe('a budget of runs', () => {
  it.each([
    [random, 1],
    [tpe, 1],
    [halving, 39],
    [{ ...halving, runs: 500 }, 50 + 16 + 5],
  ])('goes with %j when it is %i', (search, runs) => {
    expect(budgetProblem(axes, search, { runs })).toBeNull()
    expect(budgetProblem(axes, search, { seconds: 1 })).toBeNull()
    expect(budgetProblem(axes, search)).toBeNull()
  })

  it('that ends halving before its last rung is refused, with what it takes', () => {
    expect(budgetProblem(axes, halving, { runs: 38 })).toEqual({
      path: 'budget.runs',
      expected: 'at least 39, which halving from 27 takes',
      actual: '38',
    })
    expect(budgetProblem(axes, { ...halving, runs: 500 }, { runs: 70 })?.actual).toBe('70')
  })
})

describe('a sweep that has ended', () => {
  it.each<[Search, boolean, boolean]>([
    [{ method: 'grid' }, true, true],
    [random, true, false],
    [{ ...random, method: 'latin_hypercube' }, true, false],
    [halving, false, false],
    [tpe, false, false],
  ])('of %j may be rerun: %s, and extended: %s', (search, rerun, extend) => {
    expect([mayReopen(search, 'rerun'), mayReopen(search, 'extend')]).toEqual([rerun, extend])
  })
})
