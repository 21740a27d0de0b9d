import { extremeOf, firstBeyond } from '../metrics/index.ts'
import type { BarExtremes } from './bar-extremes.ts'
import type { Position, Simulation } from './simulation.ts'

interface Bars {
  readonly from: number
  readonly to: number
}

/**
 * Passes bars of [from, to) as long as none of them can fill the stop or the target, and returns the first bar that
 * may, or `to`. The position's extremes follow.
 */
export const passBars = ({ position, candles }: Simulation, { from, to }: Bars): number => {
  const { side, signedStop } = position
  const adverseColumn = side > 0 ? candles.low : candles.high
  const favourableColumn = side > 0 ? candles.high : candles.low
  const ceiling = ceilingOf(position)
  let { signedLow, signedHigh } = position
  let bar = from
  for (; bar < to; bar++) {
    const adverse = side * adverseColumn[bar]!
    const favourable = side * favourableColumn[bar]!
    if (adverse <= signedStop || favourable >= ceiling) break
    if (adverse < signedLow) signedLow = adverse
    if (favourable > signedHigh) signedHigh = favourable
  }
  position.signedLow = signedLow
  position.signedHigh = signedHigh
  return bar
}

/** The signed price at which a target may fill: with a coarse tick it may lie below what counts as beyond it. */
const ceilingOf = ({ signedReach, signedTarget }: Position): number => Math.min(signedReach, signedTarget)

/** As `passBars`, by the extremes of windows of bars. */
export const passWindows = (
  { position }: Simulation,
  { low, high }: BarExtremes,
  { from, to }: Bars,
): number => {
  const { side, signedStop } = position
  const adverse = side > 0 ? low : high
  const favourable = side > 0 ? high : low
  const ceiling = ceilingOf(position)
  let bar = to
  if (signedStop > -Infinity) bar = firstBeyond(adverse, { from, to: bar }, -signedStop)
  if (ceiling < Infinity) bar = firstBeyond(favourable, { from, to: bar }, ceiling)
  if (bar <= from) return from
  position.signedLow = Math.min(position.signedLow, -extremeOf(adverse, from, bar))
  position.signedHigh = Math.max(position.signedHigh, extremeOf(favourable, from, bar))
  return bar
}
