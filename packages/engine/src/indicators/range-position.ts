import type { Candles } from '../market/index.ts'
import type { IndicatorBar } from './definition.ts'
import { type ExtremeState, nextExtreme, startExtreme } from './extreme.ts'

interface RangeWindow {
  readonly bars: number
  /** The end of the range that positions are measured from: 0..100 from the low, -100..0 from the high. */
  readonly from: 'low' | 'high'
}

/**
 * Where each close stands within the range of the last bars, in percent of it; 0 on a flat range. Written from
 * index window.bars - 1 on, cells before are left alone. The bar that holds an extreme keeps it until a newer
 * one reaches it or it leaves the window; only then is the window searched again.
 */
export const fillRangePosition = (
  { high, low, close }: Candles,
  window: RangeWindow,
  out: Float64Array,
): void => {
  const isFromHigh = window.from === 'high'
  const bars = close.length
  let top = -1
  let bottom = -1
  let highest = 0
  let lowest = 0
  for (let i = window.bars - 1, oldest = 0; i < bars; i++, oldest++) {
    if (top < oldest) {
      top = lastHighest(high, oldest, i)
      highest = high[top]!
    } else if (high[i]! >= highest) {
      top = i
      highest = high[i]!
    }
    if (bottom < oldest) {
      bottom = lastLowest(low, oldest, i)
      lowest = low[bottom]!
    } else if (low[i]! <= lowest) {
      bottom = i
      lowest = low[i]!
    }
    const percent = (highest - lowest) / 100
    out[i] = percent === 0 ? 0 : (close[i]! - (isFromHigh ? highest : lowest)) / percent
  }
}

const lastHighest = (x: Float64Array, from: number, to: number): number => {
  let best = from
  for (let i = from + 1; i <= to; i++) if (x[i]! >= x[best]!) best = i
  return best
}

const lastLowest = (x: Float64Array, from: number, to: number): number => {
  let best = from
  for (let i = from + 1; i <= to; i++) if (x[i]! <= x[best]!) best = i
  return best
}

/** The range of the last bars, as JSON-safe state. */
export interface RangeState {
  readonly highs: ExtremeState
  readonly lows: ExtremeState
}

export const startRange = (bars: number): RangeState => ({
  highs: startExtreme(bars, 1),
  lows: startExtreme(bars, -1),
})

/** The position of a bar's close, NaN until the window is full; bit for bit what `fillRangePosition` gives. */
export const nextRangePosition = (
  state: RangeState,
  bar: IndicatorBar,
  from: RangeWindow['from'],
): number => {
  const highest = nextExtreme(state.highs, bar.high)
  const lowest = nextExtreme(state.lows, bar.low)
  const percent = (highest - lowest) / 100
  return percent === 0 ? 0 : (bar.close - (from === 'high' ? highest : lowest)) / percent
}
