import { describe, expect, test } from 'vitest'
import { checkExtension } from './check-extension.ts'

const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'

const strategy = {
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 5 } },
    slow: { type: 'sma', params: { period: 20 } },
  },
  entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
  exit: { long: { any: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] } },
  sizing: { kind: 'equityFraction', value: 1 },
} as const
const sweep = {
  strategy,
  total: 4,
  grids: [
    {
      firstOrdinal: 0,
      axes: [
        [FAST, [5, 6]],
        [SLOW, [20, 30]],
      ],
    },
  ],
} as const

describe('checkExtension', () => {
  test('lets parameters that are left out keep their values', () => {
    expect(checkExtension(sweep, { [FAST]: [6, 7] })).toEqual({
      ok: true,
      value: {
        axes: [
          [FAST, [6, 7]],
          [SLOW, [20, 30]],
        ],
        added: 2,
      },
    })
  })

  test.each([
    ['nothing new', sweep, { [FAST]: [5] }, 'at least one combination that the sweep does not have'],
    [
      'a parameter of its own',
      sweep,
      { 'stopLoss.fraction': [0.1] },
      `a parameter of the sweep (${FAST}, ${SLOW})`,
    ],
    ['too much', { ...sweep, total: 99_999 }, { [FAST]: [7, 8] }, 'at most 100000 combinations in all'],
    ['what cannot run', sweep, { [FAST]: [0] }, undefined],
  ])('refuses a grid with %s', (_what, extended, parameters, expected) => {
    const checked = checkExtension(extended, parameters)
    if (checked.ok) throw new Error('expected a refusal')
    expect(checked.error[0]?.path).toMatch(/^parameters/)
    if (expected !== undefined) expect(checked.error[0]?.expected).toBe(expected)
  })
})
