import { describeProblem } from '@botcriptofy/engine/kernel'
import { planRound, type Search } from '@botcriptofy/engine/sweep'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputProblems } from '../input/index.ts'
import { searchBudget, searchInput } from './search.ts'

const messagesOf = (schema: z.ZodType, name: string, value: unknown): string[] => {
  const input = { [name]: value }
  const parsed = z.strictObject({ [name]: schema }).safeParse(input)
  return parsed.success ? [] : inputProblems(parsed.error, input).map(describeProblem)
}

describe('searchInput', () => {
  it.each<[unknown, Search]>([
    [{ method: 'grid' }, { method: 'grid' }],
    [
      { method: 'random', runs: 5 },
      { method: 'random', runs: 5, seed: 1 },
    ],
    [
      { method: 'latin_hypercube', runs: 5, seed: 0 },
      { method: 'latin_hypercube', runs: 5, seed: 0 },
    ],
    [
      { method: 'successive_halving' },
      { method: 'successive_halving', runs: 81, seed: 1, sample: 'random', eta: 3, minShare: 0.3 },
    ],
    [
      { method: 'tpe', runs: 50 },
      { method: 'tpe', runs: 50, seed: 1, startup: 20, batch: 16, gamma: 0.15, candidates: 24 },
    ],
  ])('reads %j as a search that can be planned', (input, search) => {
    const parsed: Search = searchInput.parse(input)
    expect(parsed).toEqual(search)
    expect(planRound([['p', [1, 2, 3, 4, 5, 6, 7, 8, 9]]], parsed, { round: 0, results: [] })).toBeDefined()
  })

  it.each<[unknown, string]>([
    [
      { method: 'annealing' },
      'search.method: expected "grid", "random", "latin_hypercube", "successive_halving" or "tpe", was "annealing"',
    ],
    [{ method: 'random' }, 'search.runs: expected a number, was missing'],
    [{ method: 'random', runs: 0 }, 'search.runs: expected at least 1, was 0'],
    [{ method: 'grid', runs: 5 }, 'search.runs: expected no key of this name, was 5'],
    [{ method: 'random', runs: 5, seed: 0.5 }, 'search.seed: expected a whole number, was 0.5'],
    [{ method: 'latin_hypercube', runs: 100_001 }, 'search.runs: expected at most 100000, was 100001'],
    [{ method: 'successive_halving', eta: 1 }, 'search.eta: expected at least 2, was 1'],
    [{ method: 'successive_halving', minShare: 0 }, 'search.minShare: expected at least 0.001, was 0'],
    [{ method: 'tpe', runs: 20_000 }, 'search.runs: expected at most 10000, was 20000'],
    [{ method: 'tpe', runs: 50, gamma: 0.9 }, 'search.gamma: expected at most 0.5, was 0.9'],
    [
      {},
      'search.method: expected "grid", "random", "latin_hypercube", "successive_halving" or "tpe", was missing',
    ],
  ])('says of %j what is wrong', (input, message) => {
    expect(messagesOf(searchInput, 'search', input)).toEqual([message])
  })
})

describe('searchBudget', () => {
  it.each([{ runs: 1 }, { seconds: 0.5 }, { runs: 100, seconds: 60 }])('takes %j as it is', (budget) => {
    expect(searchBudget.parse(budget)).toEqual(budget)
  })

  it.each<[unknown, string]>([
    [{}, 'budget.runs: expected a number of runs, or seconds beside it, was missing'],
    [{ runs: 0 }, 'budget.runs: expected at least 1, was 0'],
    [{ seconds: 0 }, 'budget.seconds: expected more than 0, was 0'],
    [{ seconds: 1e30 }, 'budget.seconds: expected at most 31536000, was 1e+30'],
    [{ minutes: 5 }, 'budget.minutes: expected no key of this name, was 5'],
  ])('says of %j what is wrong', (budget, message) => {
    expect(messagesOf(searchBudget, 'budget', budget)).toContain(message)
  })
})
