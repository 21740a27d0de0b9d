import { describe, expect, it } from 'vitest'
import { METRIC_KEYS } from '../metrics/index.ts'
import { naturalDirection, objectiveAtShare, objectiveOf } from './objective.ts'

describe('objectiveOf', () => {
  it('reads the bare name of a metric', () => {
    expect(objectiveOf('sharpe')).toEqual({
      terms: [{ metric: 'sharpe', weight: 1, direction: 'maximize' }],
      constraints: [],
    })
  })

  it('keeps a given direction, and takes the natural one otherwise', () => {
    expect(objectiveOf({ metric: 'ulcerIndex' }).terms[0]?.direction).toBe('minimize')
    expect(objectiveOf({ metric: 'ulcerIndex', direction: 'maximize' }).terms[0]?.direction).toBe('maximize')
  })

  it('keeps weights and constraints', () => {
    const constraints = [{ metric: 'trades', atLeast: 30 }] as const
    expect(
      objectiveOf({
        weighted: [
          { metric: 'sharpe', weight: 2 },
          { metric: 'fees', weight: 0.1 },
        ],
        constraints,
      }),
    ).toEqual({
      terms: [
        { metric: 'sharpe', weight: 2, direction: 'maximize' },
        { metric: 'fees', weight: 0.1, direction: 'minimize' },
      ],
      constraints,
    })
  })
})

it('less is meant of costs, losses and positive sizes of risk, more of everything else', () => {
  expect(METRIC_KEYS.filter((metric) => naturalDirection(metric) === 'minimize')).toEqual([
    'volatilityAnn',
    'maxDrawdownAbs',
    'maxDrawdownDurationMs',
    'avgDrawdownDurationMs',
    'ulcerIndex',
    'losses',
    'maxConsecutiveLosses',
    'fees',
    'slippageCost',
  ])
})

it('bounds on counts shrink with the share of the bars, others stay', () => {
  const objective = objectiveOf({
    metric: 'sharpe',
    constraints: [
      { metric: 'trades', atLeast: 30, atMost: 300 },
      { metric: 'fees', atMost: 90 },
      { metric: 'maxDrawdown', atLeast: -0.2 },
    ],
  })
  expect(objectiveAtShare(objective, 1 / 3)).toEqual({
    terms: objective.terms,
    constraints: [
      { metric: 'trades', atLeast: 10, atMost: 100 },
      { metric: 'fees', atMost: 30 },
      { metric: 'maxDrawdown', atLeast: -0.2 },
    ],
  })
})
