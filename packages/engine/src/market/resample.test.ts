import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CANDLE_COLUMNS, type Candles, sliceCandles } from './candles.ts'
import { createCandleCsvParser } from './csv.ts'
import { generateCandles } from './generator.ts'
import { barOpenAt, resampleCandles, type ResampleOptions } from './resample.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** Bars [time, open, high, low, close, volume]. */
const bars = (...rows: readonly (readonly number[])[]): Candles => {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? 0)
  return {
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}

const rowsOf = (candles: Candles): number[][] =>
  Array.from(candles.time, (_, i) => CANDLE_COLUMNS.map((name) => candles[name][i] ?? Number.NaN))

const resampled = (candles: Candles, options: ResampleOptions): Candles => {
  const result = resampleCandles(candles, options)
  if (!result.ok) throw new Error(`${result.error.path}: ${result.error.expected}`)
  return result.value
}

const SIX = bars(
  [50, 1, 1, 1, 1, 1],
  [60, 2, 9, 1, 3, 1],
  [70, 3, 4, 2, 2, 2],
  [80, 2, 3, 0.5, 1, 4],
  [90, 1, 1, 1, 1, 1],
  [100, 5, 5, 5, 5, 1],
)

describe('resampleCandles', () => {
  it('takes first open, highest high, lowest low, last close and summed volume of whole bars', () => {
    expect(rowsOf(resampled(SIX, { toMs: 30 }))).toEqual([[60, 2, 9, 0.5, 1, 7]])
  })

  it('keeps the incomplete edges when asked', () => {
    expect(rowsOf(resampled(SIX, { toMs: 30, incompleteEdges: 'keep' }))).toEqual([
      [30, 1, 1, 1, 1, 1],
      [60, 2, 9, 0.5, 1, 7],
      [90, 1, 5, 1, 5, 2],
    ])
  })

  it('keeps a bar inside the series of which some parts are missing, and skips one of which all are', () => {
    const gappy = bars([0, 1, 1, 1, 1, 1], [10, 1, 2, 1, 2, 1], [30, 5, 5, 5, 5, 1], [70, 6, 6, 6, 6, 1])
    expect(rowsOf(resampled(gappy, { toMs: 20 })).map(([time]) => time)).toEqual([0, 20, 60])
  })

  it('gives nothing when no bar is whole', () => {
    expect(rowsOf(resampled(bars([10, 1, 1, 1, 1, 1]), { toMs: 40, fromMs: 10 }))).toEqual([])
    expect(rowsOf(resampled(bars(), { toMs: 40 }))).toEqual([])
  })

  it.each([
    [SIX, { toMs: 25 }, 'toMs: a multiple of the bar length 10'],
    [SIX, { toMs: 0 }, 'toMs: a multiple of the bar length 10'],
    [bars([10, 1, 1, 1, 1, 1]), { toMs: 40 }, 'fromMs: the length of the bars (one bar does not tell it)'],
  ])('refuses lengths that do not fit (case %#)', (candles, options, message) => {
    const result = resampleCandles(candles, options)
    expect(result.ok ? 'accepted' : `${result.error.path}: ${result.error.expected}`).toBe(message)
  })

  it('starts weeks on Monday and days at 00:00 UTC', () => {
    const wednesday = Date.UTC(2025, 5, 18, 13, 5)
    expect(barOpenAt(wednesday, WEEK)).toBe(Date.UTC(2025, 5, 16))
    expect(barOpenAt(wednesday, DAY)).toBe(Date.UTC(2025, 5, 18))
    expect(barOpenAt(Date.UTC(2025, 5, 16), WEEK)).toBe(Date.UTC(2025, 5, 16))
    expect(barOpenAt(Date.UTC(2025, 5, 16) - 1, WEEK)).toBe(Date.UTC(2025, 5, 9))
  })

  it('gives the same bars in one step as in two', () => {
    const seeds = fc.record({ seed: fc.nat(), bars: fc.integer({ min: 1, max: 600 }), offset: fc.nat(400) })
    fc.assert(
      fc.property(seeds, ({ seed, bars: count, offset }) => {
        const startMs = 1_700_000_000_000 - (1_700_000_000_000 % DAY) + offset * 60_000
        const minutes = generateCandles({
          seed,
          bars: count,
          startMs,
          timeframeMs: 60_000,
          startPrice: 100,
          outagesPerDay: 20,
        })
        const keep = { incompleteEdges: 'keep', fromMs: 60_000 } as const
        const hours = resampled(minutes, { toMs: HOUR, ...keep })
        const quarters = resampled(minutes, { toMs: HOUR / 4, ...keep })
        const viaQuarters = resampled(quarters, { toMs: HOUR, fromMs: HOUR / 4, incompleteEdges: 'keep' })
        expect({ ...viaQuarters, volume: null }).toEqual({ ...hours, volume: null })
        viaQuarters.volume.forEach((volume, i) => expect(volume).toBeCloseTo(hours.volume[i] ?? 0, 8))
      }),
      { seed: 3, numRuns: 100 },
    )
  })
})

const dataDirectory = process.env['CONFORMANCE_DATA']

const readCandles = (file: string): Candles => {
  const bytes = readFileSync(join(dataDirectory ?? '', file))
  const parser = createCandleCsvParser()
  parser.push((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  const result = parser.end()
  if (!result.ok) throw new Error(`${file} ${result.error.path}: ${result.error.expected}`)
  return result.value
}

describe.skipIf(dataDirectory === undefined)('resampled minutes', () => {
  const minutes = { DOT: 'candles/bybit-DOTUSDT-1m.csv.gz', DOGE: 'candles-more/bybit-DOGEUSDT-1m.csv.gz' }
  it.each([
    [minutes.DOT, 'candles/bybit-DOTUSDT-5m.csv', 300_000],
    [minutes.DOT, 'candles/bybit-DOTUSDT-1h.csv', HOUR],
    [minutes.DOGE, 'candles-more/bybit-DOGEUSDT-5m.csv', 300_000],
    [minutes.DOGE, 'candles-more/bybit-DOGEUSDT-1h.csv', HOUR],
  ])("of %s equal the exchange's own bars in %s", (from, to, toMs) => {
    const ours = resampled(readCandles(from), { toMs })
    const own = readCandles(to)
    const first = own.time.indexOf(ours.time[0] ?? Number.NaN)
    const common = sliceCandles(own, first, first + ours.time.length)
    expect(first).toBeGreaterThanOrEqual(0)
    expect(own.time.length - ours.time.length).toBeLessThanOrEqual(1)
    for (const name of ['time', 'open', 'high', 'low', 'close'] as const) {
      expect(ours[name]).toEqual(common[name])
    }
    const worst = ours.volume.reduce((error, volume, i) => {
      const expected = common.volume[i] ?? Number.NaN
      return Math.max(error, Math.abs(volume - expected) / Math.max(expected, 1e-300))
    }, 0)
    expect(worst).toBeLessThanOrEqual(1e-12)
  })
})
