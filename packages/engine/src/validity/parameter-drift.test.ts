import { describe, expect, it } from 'vitest'
import { parameterDrift } from './parameter-drift.ts'

const AXES = [
  ['fast', [5, 10, 15, 20, 25]],
  ['stop', [0.02, 0.04]],
  ['fixed', [7]],
] as const
const choice = (fast: number, stop: number) => ({ fast, stop, fixed: 7 })

describe('parameterDrift', () => {
  it('has the values of an example worked by hand', () => {
    // Levels of fast: 0, 2, 2, 4. Steps 2, 0 and 2 of at most 4: 4 / 12. Of stop: 0, 1, 0, 1, each from end to end.
    const choices = [choice(5, 0.02), choice(15, 0.04), choice(15, 0.02), choice(25, 0.04)]
    expect(parameterDrift(AXES, choices)).toEqual([
      { path: 'fast', distinct: 3, changes: 2, meanStep: 1 / 3 },
      { path: 'stop', distinct: 2, changes: 3, meanStep: 1 },
      { path: 'fixed', distinct: 1, changes: 0, meanStep: 0 },
    ])
  })

  it.each([
    ['one window', [choice(5, 0.02)], 1],
    ['no choice at all', [], 0],
  ])('is still for %s', (_what, choices, distinct) => {
    const [fast] = parameterDrift(AXES, choices)
    expect(fast).toEqual({ path: 'fast', distinct, changes: 0, meanStep: 0 })
  })
})
