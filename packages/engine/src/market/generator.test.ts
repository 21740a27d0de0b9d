import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CANDLE_COLUMNS, type Candles } from './candles.ts'
import { findGaps } from './gaps.ts'
import { generateCandles } from './generator.ts'

const MINUTE = 60_000
const OPTIONS = {
  seed: 42,
  bars: 50_000,
  startMs: 1_700_000_000_000,
  timeframeMs: MINUTE,
  startPrice: 30_000,
}

const digestOf = (candles: Candles): string => {
  const hash = createHash('sha256')
  for (const name of CANDLE_COLUMNS) hash.update(new Uint8Array(candles[name].buffer))
  return hash.digest('hex')
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

const correlation = (a: readonly number[], b: readonly number[]): number => {
  const meanA = mean(a)
  const meanB = mean(b)
  const covariance = mean(a.map((x, i) => (x - meanA) * ((b[i] ?? 0) - meanB)))
  const deviation = (xs: readonly number[], m: number) => Math.sqrt(mean(xs.map((x) => (x - m) ** 2)))
  return covariance / (deviation(a, meanA) * deviation(b, meanB))
}

const returnsOf = ({ close }: Candles): number[] =>
  Array.from(close.subarray(1), (price, i) => Math.log(price / (close[i] ?? Number.NaN)))

describe('generateCandles', () => {
  const candles = generateCandles(OPTIONS)
  const returns = returnsOf(candles)
  const sizes = returns.map(Math.abs)

  it('gives the same bytes for the same seed and others for another', () => {
    expect(digestOf(generateCandles(OPTIONS))).toBe(digestOf(candles))
    expect(digestOf(generateCandles({ ...OPTIONS, seed: 43 }))).not.toBe(digestOf(candles))
  })

  it.each([
    [30_000, MINUTE],
    [0.02, MINUTE],
    [1.5, 86_400_000],
  ])('keeps the rules of a candle file from price %d at %d ms a bar', (startPrice, timeframeMs) => {
    for (let seed = 0; seed < 20; seed++) {
      const { time, open, high, low, close, volume } = generateCandles({
        ...OPTIONS,
        seed,
        bars: 500,
        startPrice,
        timeframeMs,
      })
      time.forEach((at, i) => {
        expect(at).toBeGreaterThan(time[i - 1] ?? 0)
        expect((at - OPTIONS.startMs) % timeframeMs).toBe(0)
        expect(high[i]).toBeGreaterThanOrEqual(Math.max(open[i] ?? Number.NaN, close[i] ?? Number.NaN))
        expect(low[i]).toBeLessThanOrEqual(Math.min(open[i] ?? Number.NaN, close[i] ?? Number.NaN))
        expect(low[i]).toBeGreaterThan(0)
        expect(volume[i]).toBeGreaterThanOrEqual(0)
      })
    }
  })

  it('has fat tails: a kurtosis above that of a normal distribution', () => {
    const centre = mean(returns)
    const variance = mean(returns.map((r) => (r - centre) ** 2))
    expect(mean(returns.map((r) => (r - centre) ** 4)) / variance ** 2).toBeGreaterThan(4)
  })

  it('has volatility clusters: sizes of returns are correlated, returns are not', () => {
    for (const lag of [2, 5, 20]) {
      expect(correlation(sizes.slice(lag), sizes.slice(0, -lag))).toBeGreaterThan(0.05)
      expect(Math.abs(correlation(returns.slice(lag), returns.slice(0, -lag)))).toBeLessThan(0.03)
    }
  })

  it('bounces between bid and ask: neighbouring returns are negatively correlated', () => {
    const wide = returnsOf(generateCandles({ ...OPTIONS, spreadFraction: 0.001 }))
    expect(correlation(wide.slice(1), wide.slice(0, -1))).toBeLessThan(-0.05)
  })

  it('trades more when it moves more', () => {
    expect(correlation(Array.from(candles.volume.subarray(1)), sizes)).toBeGreaterThan(0.3)
  })

  it('has the volatility asked for', () => {
    const yearly = Math.sqrt(mean(returns.map((r) => r ** 2)) * 365 * 1440)
    expect(yearly).toBeGreaterThan(0.5)
    expect(yearly).toBeLessThan(1.3)
  })

  it('has outages where asked and none where not', () => {
    const often = findGaps(generateCandles({ ...OPTIONS, outagesPerDay: 5 }), MINUTE)
    expect(often.gaps.length).toBeGreaterThan(50)
    expect(findGaps(generateCandles({ ...OPTIONS, outagesPerDay: 0 }), MINUTE).gaps).toEqual([])
  })

  it('moves in ticks', () => {
    const { close } = generateCandles({ ...OPTIONS, bars: 1000, priceDecimals: 1 })
    close.forEach((price) => expect(price).toBe(Number(price.toFixed(1))))
  })
})
