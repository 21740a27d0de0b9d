import { describeProblem } from '@botcriptofy/engine/kernel'
import { objectiveOf } from '@botcriptofy/engine/sweep'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputProblems } from '../input/index.ts'
import { objectiveInput } from './objective.ts'

const messagesOf = (objective: unknown): string[] => {
  const input = { objective }
  const parsed = z.strictObject({ objective: objectiveInput }).safeParse(input)
  return parsed.success ? [] : inputProblems(parsed.error, input).map(describeProblem)
}
const metrics = 'a metric such as sharpe (docs/guides/sweeps.md lists all)'

describe('objectiveInput', () => {
  it.each([
    'sharpe',
    { metric: 'ulcerIndex' },
    { metric: 'maxDrawdown', direction: 'minimize' },
    { metric: 'sharpe', constraints: [{ metric: 'trades', atLeast: 30 }] },
    { metric: 'sharpe', constraints: [{ metric: 'trades', atLeast: 30, atMost: 30 }] },
    { weighted: [{ metric: 'sharpe', weight: 2 }], constraints: [{ metric: 'maxDrawdown', atLeast: -0.2 }] },
  ])('takes %j as it is', (objective) => {
    expect(messagesOf(objective)).toEqual([])
    expect(objectiveOf(objectiveInput.parse(objective)).terms).toHaveLength(1)
    expect(objectiveInput.parse(objective)).toEqual(objective)
  })

  it.each<[unknown, string[]]>([
    ['sharp', [`objective: expected an object or ${metrics}, was "sharp"`]],
    [{ metric: 'sharp' }, [`objective.metric: expected ${metrics}, was "sharp"`]],
    [{}, ['objective.metric: expected a metric, or weighted metrics instead, was missing']],
    [
      { metrc: 'sharpe' },
      [
        'objective.metrc: expected no key of this name, was "sharpe"',
        'objective.metric: expected a metric, or weighted metrics instead, was missing',
      ],
    ],
    [
      { metric: 'sharpe', direction: 'up' },
      ['objective.direction: expected "maximize" or "minimize", was "up"'],
    ],
    [
      { metric: 'sharpe', weighted: [{ metric: 'cagr', weight: 1 }] },
      ['objective.metric: expected nothing beside weighted, was "sharpe"'],
    ],
    [
      { weighted: [{ metric: 'cagr', weight: 0 }] },
      ['objective.weighted[0].weight: expected more than 0, was 0'],
    ],
    [
      {
        weighted: [
          { metric: 'cagr', weight: 1 },
          { metric: 'cagr', weight: 2 },
        ],
      },
      ['objective.weighted[1].metric: expected a metric that has no weight yet, was "cagr"'],
    ],
    [
      { metric: 'sharpe', constraints: [{ metric: 'trades' }] },
      ['objective.constraints[0].atLeast: expected a bound, here or in atMost, was missing'],
    ],
    [
      { metric: 'sharpe', constraints: [{ metric: 'trades', atLeast: 3, atMost: 2 }] },
      ['objective.constraints[0].atLeast: expected at most atMost, which is 2, was 3'],
    ],
  ])('says of %j what is wrong', (objective, messages) => {
    expect(messagesOf(objective)).toEqual(messages)
  })
})
