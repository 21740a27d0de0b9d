import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CANDLE_COLUMNS, type Candles, generateCandles, sliceCandles } from '../market/index.ts'
import { computeIndicator, definitionOf } from './compute.ts'
import type { IndicatorParams, IndicatorSpec } from './definition.ts'
import { INDICATOR_TYPES } from './registry.ts'
import { lineLookbacks } from './warm-up.ts'

const DAY_MS = 86_400_000

const PERIOD = fc.integer({ min: 2, max: 40 })

const PARAMS: Readonly<Record<string, fc.Arbitrary<IndicatorParams>>> = {
  macd: fc.record({ fast: PERIOD, slow: PERIOD, signal: fc.integer({ min: 1, max: 20 }) }),
  bbands: fc.record({ period: PERIOD, stdDev: fc.double({ min: 0, max: 5, noNaN: true }) }),
  stoch: fc.record({
    kPeriod: PERIOD,
    kSmooth: fc.integer({ min: 1, max: 9 }),
    dPeriod: fc.integer({ min: 1, max: 9 }),
  }),
  stochf: fc.record({ kPeriod: PERIOD, dPeriod: fc.integer({ min: 1, max: 9 }) }),
  supertrend: fc.record({ period: PERIOD, multiplier: fc.double({ min: 0, max: 5, noNaN: true }) }),
  keltner: fc.record({
    period: PERIOD,
    atrPeriod: PERIOD,
    multiplier: fc.double({ min: 0, max: 5, noNaN: true }),
  }),
  obv: fc.constant({}),
  vwap: fc.constant({}),
}

const specOf = (type: string): fc.Arbitrary<IndicatorSpec> =>
  (PARAMS[type] ?? fc.record({ period: PERIOD })).map((params) => ({ type, params, source: 'close' }))

const marketOf = (seed: number, bars: number): Candles =>
  generateCandles({
    seed,
    bars,
    startMs: 1_700_000_040_000,
    timeframeMs: 900_000,
    startPrice: 100,
    outagesPerDay: 3,
  })

const seriesArbitrary = fc.record({ seed: fc.nat(1_000_000), bars: fc.integer({ min: 0, max: 300 }) })

const mapped = (candles: Candles, map: (value: number) => number): Candles => ({
  ...candles,
  open: candles.open.map(map),
  high: candles.high.map(map),
  low: candles.low.map(map),
  close: candles.close.map(map),
})

const flat = (bars: number, price: number): Candles => {
  const candles = marketOf(1, bars)
  return mapped(candles, () => price)
}

const isOutsidePercent = (value: number): boolean => value < -1e-9 || value > 100 + 1e-9

const firstValue = (column: Float64Array): number => column.findIndex((value) => !Number.isNaN(value))

describe.each(INDICATOR_TYPES)('%s', (type) => {
  it('gives each line its first value exactly at its lookback', () => {
    fc.assert(
      fc.property(specOf(type), seriesArbitrary, (spec, { seed, bars }) => {
        const lookbacks = lineLookbacks(definitionOf(spec), spec.params)
        const columns = computeIndicator(marketOf(seed, bars), spec)
        expect(columns.map(firstValue)).toEqual(lookbacks.map((first) => (first < bars ? first : -1)))
        expect(definitionOf(spec).lookback(spec.params)).toBe(Math.max(...lookbacks))
        expect(definitionOf(spec).stabilisation(spec.params)).toBeGreaterThanOrEqual(Math.max(...lookbacks))
        columns.forEach((column) => expect(column.length).toBe(bars))
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  it('depends on no later bar: a shorter series gives the same bytes', () => {
    fc.assert(
      fc.property(specOf(type), seriesArbitrary, fc.nat(300), (spec, { seed, bars }, cut) => {
        const candles = marketOf(seed, bars)
        const shorter = Math.min(cut, bars)
        const whole = computeIndicator(candles, spec).map((column) => column.slice(0, shorter))
        expect(computeIndicator(sliceCandles(candles, 0, shorter), spec)).toEqual(whole)
      }),
      { seed: 2, numRuns: 60 },
    )
  })

  it('depends on no date: the same bars some days later give the same bytes', () => {
    fc.assert(
      fc.property(
        specOf(type),
        seriesArbitrary,
        fc.integer({ min: -900, max: 900 }),
        (spec, { seed, bars }, days) => {
          const candles = marketOf(seed, bars)
          const later = { ...candles, time: candles.time.map((at) => at + days * DAY_MS) }
          expect(computeIndicator(later, spec)).toEqual(computeIndicator(candles, spec))
        },
      ),
      { seed: 3, numRuns: 30 },
    )
  })

  it('overwrites whatever its output columns held', () => {
    fc.assert(
      fc.property(specOf(type), seriesArbitrary, (spec, { seed, bars }) => {
        const candles = marketOf(seed, bars)
        const dirty = definitionOf(spec).lines.map(() => new Float64Array(bars).fill(12345))
        definitionOf(spec).compute({ candles, source: candles.close }, spec.params, dirty)
        expect(dirty).toEqual(computeIndicator(candles, spec))
      }),
      { seed: 4, numRuns: 30 },
    )
  })

  const isPercentage = ['rsi', 'stoch', 'stochf', 'adx'].includes(type)
  it.each([1e-8, 1, 1e12])('stays finite and in bounds around a price of %d', (price) => {
    fc.assert(
      fc.property(specOf(type), fc.nat(1000), (spec, seed) => {
        const candles = mapped(marketOf(seed, 200), (value) => (value * price) / 100)
        const lookbacks = lineLookbacks(definitionOf(spec), spec.params)
        computeIndicator(candles, spec).forEach((column, line) => {
          const defined = column.subarray(lookbacks[line])
          expect(defined.every(Number.isFinite)).toBe(true)
          expect(isPercentage && defined.some(isOutsidePercent)).toBe(false)
        })
      }),
      { seed: 5, numRuns: 20 },
    )
  })

  it.each([0, 1, 2])('survives a series of %d bars', (bars) => {
    fc.assert(
      fc.property(specOf(type), (spec) => {
        expect(computeIndicator(marketOf(9, bars), spec).map((column) => column.length)).toEqual(
          definitionOf(spec).lines.map(() => bars),
        )
      }),
      { seed: 6, numRuns: 20 },
    )
  })
})

describe('a series that never moves', () => {
  it.each([
    ['rsi', { period: 5 }, [0]],
    ['stoch', { kPeriod: 5, kSmooth: 3, dPeriod: 3 }, [0, 0]],
    ['stochf', { kPeriod: 5, dPeriod: 3 }, [0, 0]],
    ['willr', { period: 5 }, [0]],
    ['mfi', { period: 5 }, [0]],
    ['adx', { period: 5 }, [0, 0, 0]],
    ['atr', { period: 5 }, [0]],
    ['natr', { period: 5 }, [0]],
    ['roc', { period: 5 }, [0]],
  ])('has %s of zero', (type, params, values) => {
    for (const price of [1e-8, 0.1, 3, 65_432.1]) {
      const columns = computeIndicator(flat(60, price), { type, params, source: 'close' })
      expect(columns.map((column) => column[59])).toEqual(values)
    }
  })

  it.each([1e-8, 0.1, 3])('has bands without width at a price of %d', (price) => {
    const spec: IndicatorSpec = { type: 'bbands', params: { period: 20, stdDev: 2 }, source: 'close' }
    const [upper, middle, lower] = computeIndicator(flat(500, price), spec).map((column) => column[499])
    expect(upper).toBe(middle)
    expect(lower).toBe(middle)
    expect(Math.abs((middle ?? 0) / price - 1)).toBeLessThan(1e-12)
  })

  it('keeps the bands of a coin priced at 1e-8 apart', () => {
    const spec: IndicatorSpec = { type: 'bbands', params: { period: 20, stdDev: 2 }, source: 'close' }
    const candles = marketOf(3, 200)
    const dear = computeIndicator(candles, spec)
    const cheap = computeIndicator(
      mapped(candles, (value) => value * 2 ** -34),
      spec,
    )
    cheap.forEach((column, line) => {
      expect(column.map((value) => value * 2 ** 34)).toEqual(dear[line])
    })
  })
})

describe('a price in another unit', () => {
  it.each([
    ['rsi', { period: 14 }],
    ['stoch', { kPeriod: 14, kSmooth: 3, dPeriod: 3 }],
    ['adx', { period: 14 }],
    ['cci', { period: 20 }],
    ['willr', { period: 14 }],
    ['roc', { period: 10 }],
  ])('leaves %s as it is', (type, params) => {
    const candles = marketOf(11, 300)
    const spec: IndicatorSpec = { type, params, source: 'close' }
    const doubled = mapped(candles, (value) => value * 1024)
    expect(CANDLE_COLUMNS.every((name) => doubled[name].length === 300)).toBe(true)
    expect(computeIndicator(doubled, spec)).toEqual(computeIndicator(candles, spec))
  })
})
