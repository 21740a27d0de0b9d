import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candles, generateCandles } from '../market/index.ts'
import { computeIndicator } from './compute.ts'
import type { IndicatorParams } from './definition.ts'

const _ = Number.NaN

/** Bars [high, low, close], a minute each. */
const bars = (...rows: readonly (readonly number[])[]): Candles => {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? 0)
  const time = Float64Array.from(rows, (_row, i) => i * 60_000)
  return { time, open: column(2), high: column(0), low: column(1), close: column(2), volume: column(2) }
}
const closes = (...values: readonly number[]): Candles =>
  bars(...values.map((value) => [value, value, value]))

const computed = (type: string, params: IndicatorParams, candles: Candles): number[][] =>
  computeIndicator(candles, { type, params, source: 'close' }).map((column) => Array.from(column))

const BARS = bars([10, 8, 9], [12, 9, 11], [13, 10, 10], [11, 7, 8], [12, 8, 12])

interface Case {
  readonly type: string
  readonly params: IndicatorParams
  readonly candles: Candles
  readonly lines: readonly (readonly number[])[]
}

const CASES: readonly Case[] = [
  {
    // Positions (11-8)/4, (10-9)/4, (8-7)/6, (12-7)/5 of two bars, as in STOCH.
    type: 'stochf',
    params: { kPeriod: 2, dPeriod: 2 },
    candles: BARS,
    lines: [
      [_, _, 25, 100 / 6, 100],
      [_, _, 50, (25 + 100 / 6) / 2, (100 / 6 + 100) / 2],
    ],
  },
  {
    // EMAs of factor 2/3: 2, 5, 7 on bars 1..3; of those 3.5 and 7*2/3 + 3.5/3.
    type: 'dema',
    params: { period: 2 },
    candles: closes(1, 3, 6.5, 8),
    lines: [[_, _, 10 - 3.5, 14 - 17.5 / 3]],
  },
  {
    // EMAs 2, 5, 7, 7; of those 3.5, 17.5/3, 59.5/9; of those the mean of the first two, then two thirds of the way.
    type: 'tema',
    params: { period: 2 },
    candles: closes(1, 3, 6.5, 8, 7),
    lines: [[_, _, _, 21 - 17.5 + 14 / 3, 21 - 59.5 / 3 + (2 * 59.5) / 27 + 14 / 9]],
  },
  {
    // Straight up for two bars: factor (2/3)^2 from 3; then 2 of 4 steps are undone and half of 2/3 - 2/31 counts.
    type: 'kama',
    params: { period: 2 },
    candles: closes(1, 3, 6, 5),
    lines: [[_, _, 3 + (4 / 9) * 3, 3 + 4 / 3 + (2 / 31 + 0.5 * (2 / 3 - 2 / 31)) ** 2 * (5 - 13 / 3)]],
  },
  // Average true ranges 3, 3.5, 3.75.
  { type: 'natr', params: { period: 2 }, candles: BARS, lines: [[_, _, 30, 43.75, 31.25]] },
  {
    type: 'donchian',
    params: { period: 3 },
    candles: BARS,
    lines: [
      [_, _, 13, 13, 13],
      [_, _, 10.5, 10, 10],
      [_, _, 8, 7, 7],
    ],
  },
  {
    // EMAs of factor 2/3 from (9 + 11) / 2; average true ranges of one bar are the true ranges 3, 3, 4, 4.
    type: 'keltner',
    params: { period: 2, atrPeriod: 1, multiplier: 0.5 },
    candles: BARS,
    lines: [
      [_, 11.5, 11.5, 26 / 3 + 2, 98 / 9 + 2],
      [_, 10, 10, 26 / 3, 98 / 9],
      [_, 8.5, 8.5, 26 / 3 - 2, 98 / 9 - 2],
    ],
  },
  {
    // Bands 10.5 +- 1.5, 11.5 +- 1.5: the lower one rises to 10, the upper one stays 12. The close of 8 turns the
    // trend; 9 +- 2 lowers the upper band to 11, which the close of 12 leaves behind for the lower one of 10 - 2.
    type: 'supertrend',
    params: { period: 1, multiplier: 0.5 },
    candles: BARS,
    lines: [
      [_, 9, 10, 11, 8],
      [_, 1, 1, -1, 1],
    ],
  },
]

const rounded = (value: number): number => Number(value.toFixed(10)) + 0

describe('further indicators on a few bars', () => {
  it.each(CASES)('$type gives what a pencil gives', ({ type, params, candles, lines }) => {
    const actual = computed(type, params, candles).map((column) => column.map(rounded))
    expect(actual).toEqual(lines.map((line) => line.map(rounded)))
  })

  it('starts the middle of a Keltner channel before bands whose range takes longer', () => {
    const [upper, middle] = computed('keltner', { period: 2, atrPeriod: 4, multiplier: 1 }, BARS)
    expect([upper, middle].map((line) => line?.findIndex((value) => !Number.isNaN(value)))).toEqual([4, 1])
  })
})

/** The textbook recursions, summed afresh wherever a window is meant. */
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const emaOf = (x: readonly number[], period: number): number[] => {
  const start = x.findIndex((value) => !Number.isNaN(value)) + period - 1
  const out = x.map(() => _)
  out[start] = meanOf(x.slice(start - period + 1, start + 1))
  for (let i = start + 1; i < x.length; i++) {
    out[i] = (out[i - 1]! * (period - 1) + 2 * x[i]!) / (period + 1)
  }
  return out
}

const atrOf = ({ high, low, close }: Candles, period: number): number[] => {
  const ranges = Array.from(high, (top, i) =>
    i === 0 ? _ : Math.max(top - low[i]!, Math.abs(top - close[i - 1]!), Math.abs(low[i]! - close[i - 1]!)),
  )
  const out = ranges.map(() => _)
  out[period] = meanOf(ranges.slice(1, period + 1))
  for (let i = period + 1; i < ranges.length; i++) out[i] = out[i - 1]! + (ranges[i]! - out[i - 1]!) / period
  return out
}

const windows = <Value>(x: ArrayLike<Value>, period: number): Value[][] =>
  Array.from({ length: x.length }, (_each, i) => Array.from(x).slice(Math.max(0, i - period + 1), i + 1))

const kamaOf = (x: readonly number[], period: number): number[] => {
  const out = x.map(() => _)
  out[period - 1] = x[period - 1]!
  for (let i = period; i < x.length; i++) {
    const moves = windows(x, period + 1)[i]!.slice(1)
    const path = moves.reduce((sum, value, k) => sum + Math.abs(value - x[i - period + k]!), 0)
    const efficiency = path === 0 ? 1 : Math.abs(x[i]! - x[i - period]!) / path
    const factor = (efficiency * (2 / 3 - 2 / 31) + 2 / 31) ** 2
    out[i] = out[i - 1]! + factor * (x[i]! - out[i - 1]!)
  }
  return out.fill(_, 0, period)
}

const supertrendOf = (candles: Candles, period: number, multiplier: number): number[][] => {
  const { high, low, close } = candles
  const range = atrOf(candles, period)
  const value = range.map(() => _)
  const direction = range.map(() => _)
  let [upper, lower, isUp] = [Infinity, -Infinity, true]
  for (let i = period; i < range.length; i++) {
    const middle = (high[i]! + low[i]!) / 2
    const [top, bottom] = [middle + multiplier * range[i]!, middle - multiplier * range[i]!]
    upper = close[i - 1]! > upper ? top : Math.min(upper, top)
    lower = close[i - 1]! < lower ? bottom : Math.max(lower, bottom)
    if (i > period) isUp = isUp ? close[i]! >= lower : close[i]! > upper
    value[i] = isUp ? lower : upper
    direction[i] = isUp ? 1 : -1
  }
  return [value, direction]
}

type Reference = (candles: Candles, params: Readonly<Record<'n' | 'm' | 'f', number>>) => number[][]

/** Each with parameters n and m (periods of at least 2 bars) and f (a factor), and what they are called. */
const REFERENCES: Readonly<Record<string, readonly [Readonly<Record<string, 'n' | 'm' | 'f'>>, Reference]>> =
  {
    dema: [
      { period: 'n' },
      ({ close }, { n }) => {
        const once = emaOf(Array.from(close), n)
        return [emaOf(once, n).map((twice, i) => 2 * once[i]! - twice)]
      },
    ],
    tema: [
      { period: 'n' },
      ({ close }, { n }) => {
        const once = emaOf(Array.from(close), n)
        const twice = emaOf(once, n)
        return [emaOf(twice, n).map((thrice, i) => 3 * once[i]! - 3 * twice[i]! + thrice)]
      },
    ],
    kama: [{ period: 'n' }, ({ close }, { n }) => [kamaOf(Array.from(close), n)]],
    natr: [
      { period: 'n' },
      (candles, { n }) => [atrOf(candles, n).map((range, i) => (100 * range) / candles.close[i]!)],
    ],
    stochf: [
      { kPeriod: 'n', dPeriod: 'm' },
      ({ high, low, close }, { n, m }) => {
        const lows = windows(low, n).map((window) => Math.min(...window))
        const highs = windows(high, n).map((window) => Math.max(...window))
        const k = highs.map((top, i) => (100 * (close[i]! - lows[i]!)) / (top - lows[i]!))
        const isEarly = (i: number) => i < n + m - 2
        return [
          k.map((value, i) => (isEarly(i) ? _ : value)),
          windows(k, m).map((window, i) => (isEarly(i) ? _ : meanOf(window))),
        ]
      },
    ],
    donchian: [
      { period: 'n' },
      ({ high, low }, { n }) => {
        const extreme = (column: Float64Array, pick: (...values: number[]) => number) =>
          windows(column, n).map((window) => (window.length < n ? _ : pick(...window)))
        const [upper, lower] = [extreme(high, Math.max), extreme(low, Math.min)]
        return [upper, upper.map((top, i) => (top + lower[i]!) / 2), lower]
      },
    ],
    keltner: [
      { period: 'n', atrPeriod: 'm', multiplier: 'f' },
      (candles, { n, m, f }) => {
        const middle = emaOf(Array.from(candles.close), n)
        const range = atrOf(candles, m)
        return [
          middle.map((value, i) => value + f * range[i]!),
          middle,
          middle.map((value, i) => value - f * range[i]!),
        ]
      },
    ],
    supertrend: [{ period: 'n', multiplier: 'f' }, (candles, { n, f }) => supertrendOf(candles, n, f)],
  }

describe('further indicators equal their textbook definitions', () => {
  it.each(Object.keys(REFERENCES))('%s', (type) => {
    const [names, reference] = REFERENCES[type]!
    const period = fc.integer({ min: 2, max: 25 })
    fc.assert(
      fc.property(
        fc.record({ n: period, m: period, f: fc.double({ min: 0.5, max: 4, noNaN: true }) }),
        fc.nat(1_000_000),
        (values, seed) => {
          const candles = generateCandles({
            seed,
            bars: 200,
            startMs: 0,
            timeframeMs: 900_000,
            startPrice: 100,
          })
          const params = Object.fromEntries(
            Object.entries(names).map(([name, letter]) => [name, values[letter]]),
          )
          const actual = computed(type, params, candles)
          reference(candles, values).forEach((line, index) => {
            const worst = line.map((expected, i) => {
              const value = actual[index]![i]!
              if (Number.isNaN(expected) || Number.isNaN(value))
                return Object.is(expected, value) ? 0 : Infinity
              return Math.abs(value - expected) / Math.max(1, Math.abs(expected))
            })
            expect(Math.max(...worst)).toBeLessThan(1e-9)
          })
        },
      ),
      { seed: 11, numRuns: 40 },
    )
  })
})
