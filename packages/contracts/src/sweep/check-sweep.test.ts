import { describe, expect, test } from 'vitest'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { AxisValues } from '@botcriptofy/engine/sweep'
import { checkSweep } from './check-sweep.ts'

const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'

const smaCross: Strategy = {
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
}
const upTo = (to: number): AxisValues => ({ from: 2, to, step: 1 })
const check = (fast: AxisValues, slow: AxisValues) => checkSweep(smaCross, { [FAST]: fast, [SLOW]: slow })
const pathsOf = (checked: ReturnType<typeof check>) =>
  checked.ok ? [] : checked.error.map(({ path }) => path)

describe('checkSweep', () => {
  test('takes a hundred thousand combinations, and looks at few enough of them to take no two seconds', () => {
    const startedMs = performance.now()
    const checked = check(upTo(401), upTo(251))
    expect(checked.ok && checked.value.map(([, values]) => values.length)).toEqual([400, 250])
    expect(performance.now() - startedMs).toBeLessThan(2000)
  })

  test('refuses one more, and says how many there were', () => {
    const checked = check(upTo(401), upTo(252))
    expect(checked.ok ? [] : checked.error).toEqual([
      { path: 'parameters', expected: 'at most 100000 combinations', actual: '100400' },
    ])
  })

  test.each([
    ['anywhere in a small grid', [5, 0.5, 6], [20, 21]],
    ['at the end of an axis of a large grid', { from: 0, to: 399, step: 1 }, upTo(251)],
    [
      'among the values of an axis of a large grid',
      [...Array.from({ length: 200 }, (_, k) => k + 2), 2.5],
      upTo(401),
    ],
  ] as const)('finds a value that no indicator takes %s', (_where, fast, slow) => {
    expect(pathsOf(check(fast, slow))).toContain(`parameters.${FAST}`)
  })

  test('refuses a path that leads nowhere whatever the size', () => {
    expect(checkSweep(smaCross, { 'indicators.none.params.period': upTo(90_000) }).ok).toBe(false)
  })
})
