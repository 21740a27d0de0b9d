import type { Candles } from '../market/index.ts'
import type { IndicatorBar } from './definition.ts'
import { type ExtremeState, nextExtreme, startExtreme } from './extreme.ts'

/** The end of the range that positions are measured from: 0..100 from the low, -100..0 from the high. */
type RangeEnd = 'low' | 'high'

// Tuples and not objects: see STRETCH_BARS about what a hot loop may be given.
type RangeWindow = readonly [bars: number, from: RangeEnd]

/** The extremes of bars j.. to the end of a block of bars, for each j of the block. */
type BlockEnds = readonly [highest: Float64Array, lowest: Float64Array]

/**
 * Where each close stands within the range of the window's bars, in percent of it; 0 on a flat range. Written from
 * index bars - 1 on, cells before are left alone.
 *
 * Bars are taken in blocks as long as the window, so that a window is the end of one block and the beginning of the
 * next: three comparisons a bar, however long the window and however the prices run (van Herk 1992, Gil and Werman
 * 1993). Which of two prices is higher no processor can predict, so the choice is made by factors 1 and 0, not by a
 * branch; that is exact.
 */
export const fillRangePosition = (candles: Candles, window: RangeWindow, out: Float64Array): void => {
  const [bars, from] = window
  const ends: BlockEnds = [new Float64Array(bars), new Float64Array(bars)]
  const output: BlockOutput = [ends, out, from]
  for (let end = bars; end <= candles.close.length; end += bars) {
    fillEnds(candles, end, ends)
    fillBlock(candles, end, output)
  }
}

const fillEnds = ({ high, low }: Candles, end: number, [highest, lowest]: BlockEnds): void => {
  const bars = highest.length
  let top = high[end - 1]!
  let bottom = low[end - 1]!
  highest[bars - 1] = top
  lowest[bars - 1] = bottom
  for (let i = end - 2, j = bars - 2; j >= 0; i--, j--) {
    const isHigher = Number(high[i]! > top)
    const isLower = Number(low[i]! < bottom)
    top = high[i]! * isHigher + top * (1 - isHigher)
    bottom = low[i]! * isLower + bottom * (1 - isLower)
    highest[j] = top
    lowest[j] = bottom
  }
}

type BlockOutput = readonly [ends: BlockEnds, out: Float64Array, from: RangeEnd]

/** Writes the bar before `end`, whose window is one block, and those whose windows reach over the end. */
const fillBlock = (
  { high, low, close }: Candles,
  end: number,
  [[highest, lowest], out, from]: BlockOutput,
): void => {
  const isFromHigh = from === 'high'
  const base = isFromHigh ? highest[0]! : lowest[0]!
  out[end - 1] = percentOf(close[end - 1]! - base, highest[0]! - lowest[0]!)
  const last = Math.min(end + highest.length - 1, close.length)
  let top = 0
  let bottom = Number.MAX_VALUE
  for (let i = end, j = 1; i < last; i++, j++) {
    const isHigher = Number(high[i]! > top)
    const isLower = Number(low[i]! < bottom)
    top = high[i]! * isHigher + top * (1 - isHigher)
    bottom = low[i]! * isLower + bottom * (1 - isLower)
    const before = highest[j]!
    const below = lowest[j]!
    const ceiling = before > top ? before : top
    const floor = below < bottom ? below : bottom
    out[i] = percentOf(close[i]! - (isFromHigh ? ceiling : floor), ceiling - floor)
  }
}

const percentOf = (distance: number, range: number): number => {
  const percent = range / 100
  return percent === 0 ? 0 : distance / percent
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
export const nextRangePosition = (state: RangeState, bar: IndicatorBar, from: RangeEnd): number => {
  const highest = nextExtreme(state.highs, bar.high)
  const lowest = nextExtreme(state.lows, bar.low)
  return percentOf(bar.close - (from === 'high' ? highest : lowest), highest - lowest)
}
