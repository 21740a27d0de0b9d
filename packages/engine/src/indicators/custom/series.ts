import { type Candles, generateCandles } from '../../market/index.ts'

const BAR_MS = 900_000

const walk = (seed: number, bars: number): Candles =>
  generateCandles({
    seed,
    bars,
    startMs: 1_700_000_100_000,
    timeframeMs: BAR_MS,
    startPrice: 100,
    outagesPerDay: 3,
  })

const repriced = (candles: Candles, map: (price: number) => number): Candles => ({
  ...candles,
  open: candles.open.map(map),
  high: candles.high.map(map),
  low: candles.low.map(map),
  close: candles.close.map(map),
})

export interface TestSeries {
  readonly name: string
  readonly candlesOf: (bars: number) => Candles
}

/** What markets hold and formulas stumble over: outages, rest, silence, and prices far from 1. */
export const TEST_SERIES: readonly TestSeries[] = [
  { name: 'a random walk with outages', candlesOf: (bars) => walk(1, bars) },
  { name: 'a price that never moves', candlesOf: (bars) => repriced(walk(2, bars), () => 100) },
  {
    name: 'stretches of bars without volume',
    candlesOf: (bars) => {
      const candles = walk(3, bars)
      return { ...candles, volume: candles.volume.map((volume, i) => (i % 40 < 15 ? 0 : volume)) }
    },
  },
  { name: 'prices around 1e-8', candlesOf: (bars) => repriced(walk(4, bars), (price) => price * 1e-10) },
  { name: 'prices around 1e12', candlesOf: (bars) => repriced(walk(5, bars), (price) => price * 1e10) },
]
