import { PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { expect, test } from 'vitest'
import { generateCandles } from '../market/index.ts'
import type { Strategy } from '../strategy/index.ts'
import { runChecks } from './run-checks.ts'

const STRATEGY: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'ema', params: { period: 5 } },
    slow: { type: 'sma', params: { period: 30 } },
  },
  entry: {
    long: { left: 'fast', op: 'crosses_above', right: 'slow' },
    short: { left: 'fast', op: 'crosses_below', right: 'slow' },
  },
  sizing: { kind: 'units', value: 1 },
}

const candlesOf = (bars: number) =>
  generateCandles({
    seed: 3,
    bars,
    startMs: 1_700_006_400_000,
    timeframeMs: 60_000,
    startPrice: 100,
    outagesPerDay: 0,
  })

const check = (bars: number, config = {}) =>
  runChecks({
    program: programOf(STRATEGY),
    candles: candlesOf(bars),
    config: { ...PLAIN_CONFIG, ...config },
  })

test('looks at all of the data and at the first bars of what the rules make of it', () => {
  const { data, warmup, lookahead } = check(30_000)
  expect([data.bars, warmup.bars, lookahead.bars]).toEqual([30_000, 10_000, 10_000])
  expect(lookahead).toMatchObject({ verdict: 'pass', cuts: { length: 12 } })
  expect(warmup.indicators.map(({ starts }) => starts)).toEqual([3, 3])
})

test('reads the configured rows only', () => {
  const { data, warmup, lookahead } = check(3000, { rows: 1000 })
  expect([data.bars, warmup.bars, lookahead.bars]).toEqual([1000, 1000, 1000])
})

test('is as grave as the gravest check', () => {
  expect(check(2000, { signalsFromBar: 100 })).toMatchObject({ verdict: 'pass' })
  expect(check(20)).toMatchObject({ verdict: 'fail', data: { verdict: 'pass' } })
})

test('is plain data', () => {
  const checks = check(2000)
  expect(JSON.parse(JSON.stringify(checks))).toEqual(checks)
})
