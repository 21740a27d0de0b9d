import { describe, expect, test } from 'vitest'
import type { Strategy } from '../strategy/index.ts'
import { applyParams, combinationCount, expandAxes, paramsAt } from './index.ts'

const strategy: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'long',
  indicators: { fast: { type: 'sma', params: { period: 10 } } },
  entry: { long: { all: [{ left: 'fast', op: '>', right: 5 }] } },
  stopLoss: { fraction: 0.02 },
  sizing: { kind: 'equityFraction', value: 1 },
}

describe('expandAxes', () => {
  test.each([
    [{ from: 5, to: 15, step: 5 }, [5, 10, 15]],
    [{ from: 0.1, to: 0.3, step: 0.1 }, [0.1, 0.2, 0.3]],
    [{ from: 1, to: 2, step: 0.4 }, [1, 1.4, 1.8]],
    [
      [3, 1, 2],
      [3, 1, 2],
    ],
  ])('%j gives %j', (values, expected) => {
    expect(expandAxes({ x: values })).toEqual({ ok: true, value: [['x', expected]] })
  })

  test.each([
    [[]],
    [{ from: 0, to: 1e12, step: 1 }],
    [{ from: 2, to: 1, step: 1 }],
    [{ from: 1, to: 2, step: 0 }],
    [[1, 1]],
  ])('refuses %j', (values) => {
    expect(expandAxes({ x: values }).ok).toBe(false)
  })

  test('refuses more combinations than ordinals can count', () => {
    const values = { from: 1, to: 10_000, step: 1 }
    expect(expandAxes({ a: values, b: values, c: values, d: values })).toEqual({
      ok: false,
      error: [
        {
          path: 'parameters',
          expected: 'at most 1000000000000000 combinations',
          actual: '10000000000000000',
        },
      ],
    })
    expect(expandAxes({ a: values, b: values, c: values }).ok).toBe(true)
  })
})

test('the last axis runs fastest and every combination has one ordinal', () => {
  const axes = [
    ['a', [1, 2]],
    ['b', [10, 20, 30]],
  ] as const
  expect(combinationCount(axes)).toBe(6)
  const all = Array.from({ length: 6 }, (_, ordinal) => paramsAt(axes, ordinal))
  expect(all[0]).toEqual({ a: 1, b: 10 })
  expect(all[1]).toEqual({ a: 1, b: 20 })
  expect(all[5]).toEqual({ a: 2, b: 30 })
  expect(new Set(all.map((params) => JSON.stringify(params))).size).toBe(6)
})

describe('applyParams', () => {
  test('sets numbers by dotted path and leaves the original alone', () => {
    const applied = applyParams(strategy, { 'indicators.fast.params.period': 20, 'stopLoss.fraction': 0.05 })
    expect(applied).toMatchObject({
      ok: true,
      value: { indicators: { fast: { params: { period: 20 } } }, stopLoss: { fraction: 0.05 } },
    })
    expect(strategy.indicators['fast']?.params?.['period']).toBe(10)
  })

  test.each(['indicators.slow.params.period', 'name', '__proto__.x', 'indicators', ''])(
    'refuses %s',
    (path) => {
      expect(applyParams(strategy, { [path]: 1 }).ok).toBe(false)
    },
  )

  test('reaches into rule lists by index', () => {
    expect(applyParams(strategy, { 'entry.long.all.0.right': 7 })).toMatchObject({
      ok: true,
      value: { entry: { long: { all: [{ right: 7 }] } } },
    })
  })
})
