import { describe, expect, it } from 'vitest'
import { type CandleColumn, type Candles, generateCandles } from '../market/index.ts'
import { computeIndicator, definitionOf } from './compute.ts'
import type { IndicatorSpec } from './definition.ts'
import { INDICATOR_TYPES } from './registry.ts'

const BARS = 50

const marketWith = (name: CandleColumn, bar: number, value: number): Candles => {
  const candles = generateCandles({
    seed: 3,
    bars: BARS,
    startMs: 1_700_000_040_000,
    timeframeMs: 60_000,
    startPrice: 100,
    outagesPerDay: 0,
  })
  return { ...candles, [name]: candles[name].with(bar, value) }
}

const specOf = (type: string, source: IndicatorSpec['source'] = 'close'): IndicatorSpec => {
  const unresolved: IndicatorSpec = { type, params: {}, source }
  const params = definitionOf(unresolved).parameters.map(({ name, min }) => [name, min + 2])
  return { ...unresolved, params: Object.fromEntries(params) }
}

describe.each(INDICATOR_TYPES)('%s', (type) => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses a close of %d',
    (value) => {
      for (const bar of [0, 17, BARS - 2, BARS - 1]) {
        expect(() => computeIndicator(marketWith('close', bar, value), specOf(type))).toThrow(
          `close of bar ${bar} is a finite number, was ${value}`,
        )
      }
    },
  )

  it('refuses a bar of the stream that is not finite, and keeps its state', () => {
    const { stream, lines } = definitionOf(specOf(type))
    const state = stream.start(specOf(type).params)
    const before = JSON.stringify(state)
    const bar = { time: 0, open: 1, high: 2, low: 1, close: 2, volume: Number.NaN, source: 2 }
    expect(() => stream.next(state, bar, new Float64Array(lines.length))).toThrow(
      'volume of the bar at 0 is a finite number, was NaN',
    )
    expect(JSON.stringify(state)).toBe(before)
  })
})

describe('an indicator of a source', () => {
  it('reads no other column', () => {
    const candles = marketWith('volume', 4, Number.NaN)
    expect(() => computeIndicator(candles, specOf('sma', 'volume'))).toThrow(/volume of bar 4/)
    expect(computeIndicator(candles, specOf('sma', 'close'))[0]?.[BARS - 1]).toBeGreaterThan(0)
  })
})

describe('the largest finite numbers', () => {
  it('are taken for finite where their sum is not', () => {
    const { stream } = definitionOf(specOf('roc'))
    const [state, out] = [stream.start({ period: 1 }), new Float64Array(1)]
    const large = Number.MAX_VALUE
    const bar = { time: 0, open: large, high: large, low: large, close: large, volume: 0, source: large }
    stream.next(state, bar, out)
    stream.next(state, bar, out)
    expect(out[0]).toBe(0)
  })
})
