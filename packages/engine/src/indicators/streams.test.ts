import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candles, generateCandles, SOURCE_FIELDS } from '../market/index.ts'
import { computeIndicator, definitionOf } from './compute.ts'
import type { IndicatorBar, IndicatorParameter, IndicatorSpec } from './definition.ts'
import { INDICATOR_TYPES, findIndicator } from './registry.ts'

const MINUTE_MS = 60_000

const walk = (seed: number, bars: number): Candles =>
  generateCandles({
    seed,
    bars,
    startMs: 1_700_000_040_000,
    timeframeMs: 15 * MINUTE_MS,
    startPrice: 100,
    outagesPerDay: 0,
  })

const repriced = (candles: Candles, map: (price: number) => number): Candles => ({
  ...candles,
  open: candles.open.map(map),
  high: candles.high.map(map),
  low: candles.low.map(map),
  close: candles.close.map(map),
})

/** The same bars hours and days apart, so that sessions end early and whole days are missing. */
const withGaps = (candles: Candles): Candles => {
  let time = candles.time[0] ?? 0
  return {
    ...candles,
    time: candles.time.map(
      (_, i) => (time += MINUTE_MS * (15 + (i % 7 === 0 ? 500 : 0) + (i % 31 === 0 ? 4000 : 0))),
    ),
  }
}

const SERIES: Readonly<Record<string, (seed: number, bars: number) => Candles>> = {
  'a random walk': walk,
  'a flat price': (seed, bars) => repriced(walk(seed, bars), () => 65_432.1),
  'a price that rests now and then': (seed, bars) =>
    repriced(walk(seed, bars), (price) => Math.round(price / 2) * 2),
  'a price of 1e-8': (seed, bars) => repriced(walk(seed, bars), (price) => price * 1e-10),
  'a price of 1e12': (seed, bars) => repriced(walk(seed, bars), (price) => price * 1e10),
  'gaps in time': (seed, bars) => withGaps(walk(seed, bars)),
  'bars without volume': (seed, bars) => {
    const candles = walk(seed, bars)
    return { ...candles, volume: candles.volume.map((volume, i) => (i % 40 < 15 ? 0 : volume)) }
  },
  'no volume at all': (seed, bars) => ({ ...walk(seed, bars), volume: new Float64Array(bars) }),
}

const valueOf = ({ integer, min, max }: IndicatorParameter): fc.Arbitrary<number> =>
  integer
    ? fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min, max: Math.min(max, min + 20) }) },
        { weight: 1, arbitrary: fc.integer({ min, max: Math.min(max, min + 300) }) },
      )
    : fc.double({ min, max: Math.min(max, min + 5), noNaN: true })

const specOf = (type: string): fc.Arbitrary<IndicatorSpec> =>
  fc.record({
    type: fc.constant(type),
    params: fc.record(
      Object.fromEntries(findIndicator(type)?.parameters.map((each) => [each.name, valueOf(each)]) ?? []),
    ),
    source: fc.constantFrom(...SOURCE_FIELDS),
  })

const barAt = (candles: Candles, source: IndicatorSpec['source'], i: number): IndicatorBar => ({
  time: candles.time[i] ?? 0,
  open: candles.open[i] ?? 0,
  high: candles.high[i] ?? 0,
  low: candles.low[i] ?? 0,
  close: candles.close[i] ?? 0,
  volume: candles.volume[i] ?? 0,
  source: candles[source][i] ?? 0,
})

/** The lines that the streaming form gives; its state is stored as JSON and read back after `storedAt` bars. */
const streamed = (candles: Candles, spec: IndicatorSpec, storedAt: number): Float64Array[] => {
  const { stream } = definitionOf(spec)
  const bars = candles.close.length
  const columns = definitionOf(spec).lines.map(() => new Float64Array(bars))
  const out = new Float64Array(columns.length)
  let state = stream.start(spec.params)
  for (let i = 0; i < bars; i++) {
    if (i === storedAt) state = JSON.parse(JSON.stringify(state))
    stream.next(state, barAt(candles, spec.source, i), out)
    columns.forEach((column, line) => (column[i] = out[line] ?? 0))
  }
  return columns
}

/** Where two columns first differ in any bit, zeros of different sign included; -1 where they do not. */
const firstDifference = (a: Float64Array, b: Float64Array): number =>
  a.findIndex((value, i) => !Object.is(value, b[i]))

describe.each(INDICATOR_TYPES)('the streaming form of %s', (type) => {
  it.each(Object.keys(SERIES))('gives the bits of the batch form on %s', (name) => {
    const seriesOf = SERIES[name] ?? walk
    fc.assert(
      fc.property(
        specOf(type),
        fc.nat(1_000_000),
        fc.integer({ min: 0, max: 250 }),
        fc.nat(120),
        (spec, seed, bars, storedAt) => {
          const candles = seriesOf(seed, bars)
          const batch = computeIndicator(candles, spec)
          const differences = streamed(candles, spec, storedAt).map((column, line) =>
            firstDifference(column, batch[line] ?? new Float64Array(0)),
          )
          expect(differences).toEqual(batch.map(() => -1))
        },
      ),
      { seed: 7, numRuns: 25 },
    )
  })

  it('gives the bits of the batch form on thousands of bars', () => {
    const candles = SERIES['a price that rests now and then']?.(11, 3500) ?? walk(11, 3500)
    fc.assert(
      fc.property(specOf(type), (spec) => {
        const batch = computeIndicator(candles, spec)
        const lines = streamed(candles, spec, 1024)
        expect(lines.map((line, at) => firstDifference(line, batch[at] ?? line))).toEqual(batch.map(() => -1))
      }),
      { seed: 9, numRuns: 3 },
    )
  })

  it('keeps a state that JSON stores without loss', () => {
    fc.assert(
      fc.property(specOf(type), fc.nat(1_000_000), fc.integer({ min: 0, max: 120 }), (spec, seed, bars) => {
        const { stream } = definitionOf(spec)
        const candles = walk(seed, bars)
        const out = new Float64Array(definitionOf(spec).lines.length)
        const state = stream.start(spec.params)
        for (let i = 0; i < bars; i++) stream.next(state, barAt(candles, spec.source, i), out)
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state)
      }),
      { seed: 8, numRuns: 25 },
    )
  })
})
