import { type ObjectiveInput, objectiveOf } from '@botcriptofy/engine/sweep'
import { describe, expect, it } from 'vitest'
import { rankingOf } from './ranking.ts'

describe('the ranking of a sweep', () => {
  it.each<[ObjectiveInput, string]>([
    ['sharpe', 'sharpe'],
    // As it was before there were directions: highest first.
    ['fees', 'fees'],
    [{ metric: 'sharpe' }, 'sharpe'],
    [{ metric: 'fees', direction: 'maximize' }, 'fees'],
    [{ weighted: [{ metric: 'sharpe', weight: 1 }] }, 'sharpe'],
  ])('of %j is one metric, highest first', (input, objective) => {
    expect(rankingOf(input)).toEqual({ objective })
  })

  it.each<[ObjectiveInput, string]>([
    [{ metric: 'fees' }, '-fees'],
    [{ metric: 'sharpe', direction: 'minimize' }, '-sharpe'],
    [{ metric: 'sharpe', constraints: [{ metric: 'trades', atLeast: 30 }] }, 'sharpe'],
    [{ weighted: [{ metric: 'sharpe', weight: 2 }] }, '2 sharpe'],
    [
      {
        weighted: [
          { metric: 'fees', weight: 0.5 },
          { metric: 'calmar', weight: 1 },
          { metric: 'ulcerIndex', weight: 3 },
        ],
      },
      '-0.5 fees + calmar - 3 ulcerIndex',
    ],
  ])('of %j is stored in full, and called %s', (input, objective) => {
    expect(rankingOf(input)).toEqual({ objective, scoring: objectiveOf(input) })
  })
})
