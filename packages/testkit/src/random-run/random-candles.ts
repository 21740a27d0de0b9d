import { allocateCandles, type Candles, resampleCandles } from '@botcriptofy/engine/market'
import type { Draw } from './draw.ts'

/** Candles and the grid their prices lie on; null where prices are any double. */
export interface RandomSeries {
  readonly candles: Candles
  readonly barMs: number
  readonly tick: number | null
  /** Finer candles that the bars were made of. */
  readonly detail?: Candles
}

/** What a series is like; each trait may be absent (0). */
interface Traits {
  readonly basePrice: number
  readonly volatility: number
  readonly gapChance: number
  readonly spikeChance: number
  readonly flatChance: number
  readonly missingChance: number
  readonly emptyChance: number
}

const traitsOf = (draw: Draw): Traits => ({
  basePrice: draw.pick([100, 100, 100, 30_000, 1, 3e-6, 1e-8, 2e7]),
  volatility: draw.pick([0.0005, 0.004, 0.01, 0.02, 0.06, 0.2]),
  gapChance: draw.pick([0, 0, 0.05, 0.3]),
  spikeChance: draw.pick([0, 0, 0.03, 0.1]),
  flatChance: draw.pick([0, 0, 0.05, 0.2]),
  missingChance: draw.pick([0, 0, 0.05]),
  emptyChance: draw.pick([0, 0.02, 0.2]),
})

/** Ticks from hardly felt to coarser than a bar. */
const tickOf = (draw: Draw, { basePrice, volatility }: Traits): number | null => {
  if (draw.chance(0.4)) return null
  const size = basePrice * volatility * draw.pick([0.01, 0.2, 1, 3])
  const decade = 10 ** Math.floor(Math.log10(size))
  return Number((decade * draw.pick([1, 2.5, 5])).toPrecision(3))
}

const DAY_MS = 86_400_000

/**
 * Bars with what fill rules stumble over: gaps, wicks, flat stretches, bars without volume, missing bars, tiny and
 * huge prices, coarse ticks that make levels and extremes coincide. They keep every rule of a candle file.
 */
export const randomCandles = (draw: Draw, bars: number): RandomSeries => {
  const traits = traitsOf(draw)
  const tick = tickOf(draw, traits)
  const barMs = draw.pick([60_000, 900_000, 3_600_000, 14_400_000, DAY_MS])
  const candles = allocateCandles(bars, { shared: false })
  const onGrid = (price: number): number => {
    if (tick === null) return Math.max(price, traits.basePrice * 1e-3)
    return Number((Math.max(1, Math.round(price / tick)) * tick).toPrecision(12))
  }
  const { volatility } = traits
  let time = draw.whole(0, 3) * DAY_MS + draw.whole(0, 5) * barMs
  let price = traits.basePrice
  let quietBars = 0
  for (let bar = 0; bar < bars; bar++) {
    if (quietBars === 0 && draw.chance(traits.flatChance)) quietBars = draw.whole(1, 12)
    const isFlat = quietBars > 0
    if (isFlat) quietBars--
    const gap = draw.chance(traits.gapChance) ? draw.normal() * volatility * 3 : 0
    const open = onGrid(price * (isFlat ? 1 : Math.exp(gap)))
    const close = onGrid(open * (isFlat ? 1 : Math.exp(draw.normal() * volatility)))
    const wick = (): number => {
      if (isFlat) return 0
      const size = Math.abs(draw.normal()) * volatility * 0.6
      return draw.chance(traits.spikeChance) ? size * 12 : size
    }
    candles.time[bar] = time
    candles.open[bar] = open
    candles.close[bar] = close
    candles.high[bar] = Math.max(open, close, onGrid(Math.max(open, close) * Math.exp(wick())))
    candles.low[bar] = Math.min(open, close, onGrid(Math.min(open, close) * Math.exp(-wick())))
    candles.volume[bar] = draw.chance(traits.emptyChance) ? 0 : Math.round(draw.between(1, 1000))
    time += barMs * (draw.chance(traits.missingChance) ? draw.whole(2, 6) : 1)
    price = close
  }
  return { candles, barMs, tick }
}

/** Bars that were made of finer ones: some have fewer children than others. */
export const randomDetailedCandles = (draw: Draw, bars: number): RandomSeries => {
  const factor = draw.pick([2, 4, 5])
  const fine = randomCandles(draw, bars * factor)
  const barMs = fine.barMs * factor
  const whole = resampleCandles(fine.candles, { fromMs: fine.barMs, toMs: barMs, incompleteEdges: 'keep' })
  if (!whole.ok) throw new RangeError(`expected ${fine.barMs} ms to divide ${barMs} ms`)
  return { ...fine, candles: whole.value, barMs, detail: fine.candles }
}
