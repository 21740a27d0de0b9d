import { describe, expect, it } from 'vitest'
import { checkWalkForward, type WalkForwardRequest } from './check-walkforward.ts'

const DAY = 86_400_000
const FAST = 'indicators.fast.params.period'
const request = (
  plan: Partial<WalkForwardRequest['plan']> = {},
  over: Partial<WalkForwardRequest> = {},
): WalkForwardRequest => ({
  strategy: {
    name: 'x',
    version: 1,
    direction: 'long',
    indicators: { fast: { type: 'sma', params: { period: 5 } } },
    entry: { long: { left: 'close', op: '>', right: 'fast' } },
    sizing: { kind: 'equityFraction', value: 1 },
  },
  parameters: { [FAST]: [2, 3, 4] },
  plan: { mode: 'rolling', trainMs: 30 * DAY, testMs: 10 * DAY, purgeMs: DAY, embargoMs: DAY, ...plan },
  data: { from: 0, to: 70 * DAY },
  barMs: DAY,
  ...over,
})

describe('checkWalkForward', () => {
  it('lays the windows of the plan over the candles', () => {
    const checked = checkWalkForward(request())
    expect(checked).toEqual({
      ok: true,
      value: {
        axes: [[FAST, [2, 3, 4]]],
        windows: [0, 10, 20].map((day) => ({
          train: { from: day * DAY, to: (day + 30) * DAY },
          test: { from: (day + 32) * DAY, to: (day + 42) * DAY },
        })),
      },
    })
  })

  it.each([
    [
      'bars cut in two',
      request({ testMs: 1.5 * DAY }),
      'windows.testMs',
      'a multiple of 1d (86400000 ms), which is a bar',
    ],
    [
      'too few candles',
      request({ trainMs: 60 * DAY }),
      'candles',
      'at least 72d (6220800000 ms) for train, purge, embargo and one test',
    ],
    ['no test', request({ testMs: 0 }), 'windows.testMs', '1 or more'],
    [
      'too many windows',
      request({ testMs: DAY }, { data: { from: 0, to: 300 * DAY } }),
      'windows.testMs',
      'at most 200 windows',
    ],
    [
      'too many runs',
      request({}, { parameters: { [FAST]: { from: 2, to: 40_000, step: 1 } } }),
      'parameters',
      'at most 100000 runs',
    ],
    ['a grid that cannot run', request({}, { parameters: { [FAST]: [0] } }), 'parameters.', ''],
  ])('refuses %s', (...[, given, path, expected]) => {
    const checked = checkWalkForward(given)
    if (checked.ok) throw new Error('expected a refusal')
    expect(checked.error[0]?.path).toContain(path)
    expect(checked.error[0]?.expected).toContain(expected)
  })

  it.each([
    [70 * DAY + 60_000, '70d (6048060000 ms)'],
    [1.57 * DAY, '1.5d (135648000 ms)'],
    [DAY / 4, '6h (21600000 ms)'],
  ])('says how long candles of %d ms are', (to, actual) => {
    const short = checkWalkForward(request({ trainMs: 80 * DAY }, { data: { from: 0, to } }))
    expect(short).toMatchObject({ ok: false, error: [{ path: 'candles', actual }] })
  })
})
