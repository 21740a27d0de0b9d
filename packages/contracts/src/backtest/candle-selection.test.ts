import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputProblems } from '../input/index.ts'
import { backtestCandles, candleSelection } from './candle-selection.ts'

const HOURLY = { venue: 'testex', symbol: 'BTC/USDT', timeframe: '1h' }
const ETH = { ...HOURLY, symbol: 'ETH/USDT' }

const problemsOf = (schema: z.ZodType, candles: unknown): string[] => {
  const parsed = z.strictObject({ candles: schema }).safeParse({ candles })
  return parsed.success ? [] : inputProblems(parsed.error, { candles }).map(describeProblem)
}

describe('the candles of a backtest', () => {
  it.each<[unknown]>([
    [HOURLY],
    [{ ...HOURLY, from: 0, to: 1 }],
    [{ ...HOURLY, detail: '1m' }],
    [{ ...HOURLY, timeframe: '1w', detail: '1d' }],
    [[HOURLY]],
    [
      [
        { ...HOURLY, from: 5 },
        { ...ETH, venue: 'otherex' },
      ],
    ],
  ])('may be %j', (candles) => {
    expect(backtestCandles.parse(candles)).toEqual(candles)
  })

  it.each<[unknown, readonly string[]]>([
    [{ ...HOURLY, from: 2, to: 1 }, ['candles.to: expected a time after from, was 1']],
    [
      { ...HOURLY, detail: '1h' },
      ['candles.detail: expected a timeframe that divides that of the candles, and a shorter one, was "1h"'],
    ],
    [
      { ...HOURLY, detail: '25m' },
      ['candles.detail: expected a timeframe that divides that of the candles, and a shorter one, was "25m"'],
    ],
    [[], ['candles: expected at least 1 item, was []']],
    [
      [HOURLY, { ...ETH, timeframe: 'x' }],
      [
        'candles[1].timeframe: expected a timeframe such as 1m, 1h or 1d, was "x"',
        'candles[1].timeframe: expected 1h, that of BTC/USDT, was "x"',
      ],
    ],
    [
      [HOURLY, { ...ETH, timeframe: '4h' }],
      ['candles[1].timeframe: expected 1h, that of BTC/USDT, was "4h"'],
    ],
    [
      [HOURLY, { ...ETH, symbol: 'ETH/EUR' }],
      ['candles[1].symbol: expected the quote asset USDT of BTC/USDT, was "ETH/EUR"'],
    ],
    [[HOURLY, ETH, HOURLY], ['candles[2].symbol: expected each symbol once, was "BTC/USDT"']],
    [[HOURLY, { ...ETH, detail: '1m' }], ['candles[1].detail: expected no key of this name, was "1m"']],
    [[HOURLY, { ...ETH, from: 2, to: 1 }], ['candles[1].to: expected a time after from, was 1']],
    [
      Array.from({ length: 101 }, (_, k) => ({ ...HOURLY, symbol: `A${k}/USDT` })),
      [expect.stringMatching(/^candles: expected at most 100 items, was /)],
    ],
  ])('are refused when they are %j', (candles, problems) => {
    expect(problemsOf(backtestCandles, candles)).toEqual(problems)
  })

  it('of a sweep are one series', () => {
    expect(problemsOf(candleSelection, [HOURLY])).toEqual([
      expect.stringMatching(/^candles: expected one series; only a backtest takes a portfolio, was /),
    ])
    expect(problemsOf(candleSelection, { ...HOURLY, detail: '1m' })).toEqual([
      'candles.detail: expected no key of this name, was "1m"',
    ])
  })

  it('are documented in both forms', () => {
    const { anyOf } = z.toJSONSchema(backtestCandles, { io: 'input' })
    expect(anyOf).toMatchObject([
      { type: 'object', properties: { detail: { type: 'string' } } },
      { type: 'array', items: { type: 'object' } },
    ])
  })
})
