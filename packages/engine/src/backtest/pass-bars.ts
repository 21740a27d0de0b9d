import { extremeOf, firstBeyond } from '../metrics/index.ts'
import type { BarExtremes } from './bar-extremes.ts'
import type { Position, Simulation } from './simulation.ts'

/**
 * The first bar before `to` that may fill the stop or the target, which stay where they are, or `to`. The position's
 * extremes follow. Null, and they do not, where the account may not survive.
 */
export const passBars = (simulation: Simulation, to: number): number | null => {
  const { position, cash, extremes } = simulation
  const { signedLow, signedHigh } = position
  const bar = extremes === null ? scanBars(simulation, to) : searchBars(simulation, extremes, to)
  // Closes lie within lows and highs, so an account that survives the worst of them survives every bar.
  if (cash + position.quantity * position.signedLow > 0) return bar
  position.signedLow = signedLow
  position.signedHigh = signedHigh
  return null
}

/** The signed price at which a target may fill: with a coarse tick it may lie below what counts as beyond it. */
export const ceilingOf = ({ signedReach, signedTarget }: Position): number =>
  Math.min(signedReach, signedTarget)

const scanBars = ({ position, candles, bar: from }: Simulation, to: number): number => {
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

/** As `scanBars`, by the extremes of windows of bars. */
const searchBars = (simulation: Simulation, { low, high }: BarExtremes, to: number): number => {
  const { position, bar: from } = simulation
  const { side, signedStop } = position
  const adverse = side > 0 ? low : high
  const favourable = side > 0 ? high : low
  const ceiling = ceilingOf(position)
  let bar = to
  if (signedStop > -Infinity) bar = firstBeyond(adverse, { from, to: bar }, -signedStop)
  if (ceiling < Infinity) bar = firstBeyond(favourable, { from, to: bar }, ceiling)
  if (bar <= from) return from
  const lowest = -extremeOf(adverse, from, bar)
  const highest = extremeOf(favourable, from, bar)
  if (lowest < position.signedLow) position.signedLow = lowest
  if (highest > position.signedHigh) position.signedHigh = highest
  return bar
}
