import { BLOCK_ROWS as BLOCK_BARS } from '../metrics/index.ts'
import type { BarExtremes } from './bar-extremes.ts'
import type { Position, Simulation } from './simulation.ts'

const INSIDE_BLOCK = BLOCK_BARS - 1

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

/** As `passBars`, whole blocks at a time where they stay between stop and target. */
export const passBlocks = (simulation: Simulation, extremes: BarExtremes, bars: Bars): number => {
  const { position, candles } = simulation
  const { side, signedStop } = position
  const isLong = side > 0
  const adverse = isLong ? candles.low : candles.high
  const favourable = isLong ? candles.high : candles.low
  const adverseAt = isLong ? extremes.low : extremes.high
  const favourableAt = isLong ? extremes.high : extremes.low
  const ceiling = ceilingOf(position)
  const { to } = bars
  let bar = bars.from
  while (bar < to) {
    const start = bar & ~INSIDE_BLOCK
    const end = Math.min(start + BLOCK_BARS, to)
    // Extremes are known for the part of a block behind a bar and for the part before one, not for a part between.
    const isEndKnown = end === start + BLOCK_BARS
    if (!isEndKnown && bar > start) break
    const worst = start + (isEndKnown ? adverseAt.after[bar]! : adverseAt.before[end - 1]!)
    const best = start + (isEndKnown ? favourableAt.after[bar]! : favourableAt.before[end - 1]!)
    const lowest = side * adverse[worst]!
    const highest = side * favourable[best]!
    if (lowest <= signedStop || highest >= ceiling) break
    if (lowest < position.signedLow) position.signedLow = lowest
    if (highest > position.signedHigh) position.signedHigh = highest
    bar = end
  }
  return bar < to ? passBars(simulation, { from: bar, to }) : to
}
