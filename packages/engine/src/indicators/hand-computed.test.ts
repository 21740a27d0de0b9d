import { describe, expect, it } from 'vitest'
import type { Candles } from '../market/index.ts'
import { computeIndicator } from './compute.ts'
import type { IndicatorParams } from './definition.ts'

const HOUR = 3_600_000
const _ = Number.NaN

/** Bars [high, low, close, volume], one every six hours from 1970-01-01. */
const bars = (...rows: readonly (readonly number[])[]): Candles => {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? 0)
  const time = Float64Array.from(rows, (_row, i) => i * 6 * HOUR)
  return { time, open: column(2), high: column(0), low: column(1), close: column(2), volume: column(3) }
}

const closes = (...values: readonly number[]): Candles =>
  bars(...values.map((value) => [value, value, value, 1]))

const BARS = bars([10, 8, 9, 2], [12, 9, 11, 4], [13, 10, 10, 3], [11, 7, 8, 5], [12, 8, 12, 1])

/** Ten decimals; NaN stays what it is. */
const rounded = (value: number): number => Number(value.toFixed(10)) + 0

interface Case {
  readonly type: string
  readonly params: IndicatorParams
  readonly candles: Candles
  readonly lines: readonly (readonly number[])[]
}

const CASES: readonly Case[] = [
  { type: 'sma', params: { period: 2 }, candles: closes(1, 3, 7, 1), lines: [[_, 2, 5, 4]] },
  // Factor 1/2 from the seed (1 + 3 + 5) / 3.
  { type: 'ema', params: { period: 3 }, candles: closes(1, 3, 5, 7, 1), lines: [[_, _, 3, 5, 3]] },
  // (1*1 + 2*3 + 3*5) / 6, then (3 + 10 + 6) / 6.
  { type: 'wma', params: { period: 3 }, candles: closes(1, 3, 5, 2), lines: [[_, _, 22 / 6, 19 / 6]] },
  // Gains 1 and 0, losses 0 and 1 give 50; then gain (0.5 + 2) / 2 against loss 0.25.
  { type: 'rsi', params: { period: 2 }, candles: closes(5, 6, 5, 7), lines: [[_, _, 50, 125 / 1.5]] },
  {
    // Slow seed (1 + 2 + 6) / 3 = 3; fast seed (2 + 6) / 2 = 4, so MACD starts at 1; the next is 22/3 - 5.
    type: 'macd',
    params: { fast: 2, slow: 3, signal: 1 },
    candles: closes(1, 2, 6, 9),
    lines: [
      [_, _, 1, 22 / 3 - 6],
      [_, _, 1, 22 / 3 - 6],
      [_, _, 0, 0],
    ],
  },
  {
    type: 'bbands',
    params: { period: 2, stdDev: 1.5 },
    candles: closes(1, 3, 7),
    lines: [
      [_, 3.5, 8],
      [_, 2, 5],
      [_, 0.5, 2],
    ],
  },
  {
    // Raw positions in two bars: (11-8)/4, (10-9)/4, (8-7)/6, (12-7)/5.
    type: 'stoch',
    params: { kPeriod: 2, kSmooth: 1, dPeriod: 2 },
    candles: BARS,
    lines: [
      [_, _, 25, 100 / 6, 100],
      [_, _, 50, (25 + 100 / 6) / 2, (100 / 6 + 100) / 2],
    ],
  },
  // True ranges 3, 3, 4, 4.
  { type: 'atr', params: { period: 2 }, candles: BARS, lines: [[_, _, 3, 3.5, 3.75]] },
  {
    // Sums +2 -0, +2 -0, +1 -3, +1.5 -1.5 over ranges 3, 4.5, 6.25, 7.125: strengths 100, 50, 0 from bar 2 on.
    type: 'adx',
    params: { period: 2 },
    candles: BARS,
    lines: [
      [_, _, _, 75, 37.5],
      [_, _, (100 * 2) / 4.5, 100 / 6.25, 150 / 7.125],
      [_, _, 0, 300 / 6.25, 150 / 7.125],
    ],
  },
  // Typical prices 9, 32/3, 11, 26/3, 32/3: distance over 0.015 mean deviations is always +-1/0.015 for two bars.
  {
    type: 'cci',
    params: { period: 2 },
    candles: BARS,
    lines: [[_, 1 / 0.015, 1 / 0.015, -1 / 0.015, 1 / 0.015]],
  },
  {
    // Flows +42.67, +33, -43.33, +10.67.
    type: 'mfi',
    params: { period: 2 },
    candles: BARS,
    lines: [[_, _, 100, (100 * 33) / (33 + 130 / 3), (100 * 32) / (32 + 130)]],
  },
  { type: 'willr', params: { period: 2 }, candles: BARS, lines: [[_, -25, -75, -500 / 6, 0]] },
  { type: 'roc', params: { period: 2 }, candles: closes(4, 5, 6, 10), lines: [[_, _, 50, 100]] },
  { type: 'obv', params: {}, candles: BARS, lines: [[2, 6, 3, -2, -1]] },
  {
    // Turnovers 18, 42.67, 33, 43.33; the fifth bar opens a new UTC day.
    type: 'vwap',
    params: {},
    candles: BARS,
    lines: [[9, 182 / 18, (182 / 3 + 33) / 9, (182 / 3 + 33 + 130 / 3) / 14, 32 / 3]],
  },
]

describe('indicators on a few bars', () => {
  it.each(CASES)('$type gives what a pencil gives', ({ type, params, candles, lines }) => {
    const columns = computeIndicator(candles, { type, params, source: 'close' })
    expect(columns.length).toBe(lines.length)
    lines.forEach((expected, line) => {
      const actual = Array.from(columns[line] ?? [])
      expect(actual.map(rounded)).toEqual(expected.map(rounded))
    })
  })

  it('reads the source it is given', () => {
    const candles = bars([10, 8, 9, 2], [12, 9, 11, 4])
    const meanOf = (source: 'high' | 'low' | 'volume') =>
      computeIndicator(candles, { type: 'sma', params: { period: 2 }, source })[0]?.[1]
    expect([meanOf('high'), meanOf('low'), meanOf('volume')]).toEqual([11, 8.5, 3])
  })

  it('swaps the periods of a MACD whose fast one is longer', () => {
    const candles = closes(1, 2, 6, 9, 4, 8, 3)
    const macd = (fast: number, slow: number) =>
      computeIndicator(candles, { type: 'macd', params: { fast, slow, signal: 2 }, source: 'close' })
    expect(macd(4, 2)).toEqual(macd(2, 4))
  })

  it('has no VWAP on a day until something is traded', () => {
    const candles = bars([2, 1, 1, 0], [4, 3, 4, 0], [5, 3, 4, 2], [5, 3, 4, 0], [9, 9, 9, 0])
    const [values] = computeIndicator(candles, { type: 'vwap', params: {}, source: 'close' })
    expect(Array.from(values ?? [])).toEqual([_, _, 4, 4, _])
  })

  it('calls a money flow below 1 empty', () => {
    const candles = bars([1, 1, 1, 0.1], [2, 2, 2, 0.1], [3, 3, 3, 0.1], [4, 4, 4, 0.2])
    const [values] = computeIndicator(candles, { type: 'mfi', params: { period: 2 }, source: 'close' })
    expect(Array.from(values ?? [])).toEqual([_, _, 0, 100])
  })
})
