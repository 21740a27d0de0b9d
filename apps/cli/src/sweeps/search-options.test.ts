import { submitSweepBody } from '@botcriptofy/contracts/sweep'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { BadInput } from '../failure.ts'
import { addSearchOptions, searchBody, type SearchFlags } from './search-options.ts'

const bodyOf = (line: string) => {
  const command = addSearchOptions(new Command()).exitOverride()
  command.parse(line === '' ? [] : line.split(' '), { from: 'user' })
  return searchBody(command.opts<SearchFlags>())
}

describe('the options of a search', () => {
  it.each<[string, object]>([
    ['', { objective: 'sharpe' }],
    ['--objective calmar', { objective: 'calmar' }],
    ['--objective=-ulcerIndex', { objective: { metric: 'ulcerIndex', direction: 'minimize' } }],
    [
      '--objective sharpe=0.7,fees=0.01 --at-least trades=30 --at-least maxDrawdown=-0.2 --at-most exposureTime=0.5',
      {
        objective: {
          weighted: [
            { metric: 'sharpe', weight: 0.7 },
            { metric: 'fees', weight: 0.01 },
          ],
          constraints: [
            { metric: 'trades', atLeast: 30 },
            { metric: 'maxDrawdown', atLeast: -0.2 },
            { metric: 'exposureTime', atMost: 0.5 },
          ],
        },
      },
    ],
    [
      '--at-least trades=30',
      {
        objective: {
          metric: 'sharpe',
          direction: 'maximize',
          constraints: [{ metric: 'trades', atLeast: 30 }],
        },
      },
    ],
    ['--runs 50 --seconds 9', { objective: 'sharpe', budget: { runs: 50, seconds: 9 } }],
    [
      '--search tpe --runs 50 --seed 0 --seconds 0.5',
      { objective: 'sharpe', search: { method: 'tpe', runs: 50, seed: 0 }, budget: { seconds: 0.5 } },
    ],
    ['--search successive_halving', { objective: 'sharpe', search: { method: 'successive_halving' } }],
  ])('%j say what the server takes', (line, body) => {
    expect(bodyOf(line)).toEqual(body)
    const { objective, search, budget } = submitSweepBody.shape
    expect(objective.safeParse(bodyOf(line).objective).success).toBe(true)
    expect(search.safeParse(bodyOf(line).search).success).toBe(true)
    expect(budget.safeParse(bodyOf(line).budget).success).toBe(true)
  })

  it.each([
    ['--runs many', '--runs: expected a number, was "many"'],
    ['--seconds=', '--seconds: expected a number, was ""'],
    ['--at-least trades', '--at-least: expected metric=value, was trades'],
    ['--at-most =5', '--at-most: expected metric=value, was =5'],
    ['--objective sharpe=0.5,calmar', '--objective: expected metric=weight,metric=weight, was calmar'],
    ['--seed 4', '--seed: expected a search by chance, was grid'],
  ])('%j are refused', (line, message) => {
    expect(() => bodyOf(line)).toThrow(new BadInput(message))
  })
})
