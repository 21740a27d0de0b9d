import { nextFlagged } from '../strategy/index.ts'
import { decide, ENTRIES, isEntry, signalMask } from './decide.ts'
import { nearestStop, trailAt } from './protection.ts'
import type { Simulation } from './simulation.ts'

/**
 * Passes over bars from `from` at which a flat account does nothing, up to and including the next entry signal, and
 * returns the bar after it (with the order pending) or the number of bars.
 */
export const skipFlat = (simulation: Simulation, from: number): number => {
  const { signals, equity, cash, bars } = simulation
  const next = (after: number): number => nextFlagged(signals, { from: after, to: bars }, ENTRIES)
  let bar = next(from)
  while (bar < bars && !isEntry(signals.bytes[bar]!)) bar = next(bar + 1)
  const end = Math.min(bar + 1, bars)
  equity.fill(cash, from, end)
  if (bar < bars) decide(simulation, bar)
  return end
}

/**
 * Passes over bars from `from` at which nothing can fill, and returns the first at which something may, at the
 * latest the last bar. After a signal, the bar that fills it is returned with the order pending.
 */
export const skipHeld = (simulation: Simulation, from: number): number => {
  const { position } = simulation
  const isTrailing = position.signedTrail > -Infinity || position.signedActivation < Infinity
  const bar = isTrailing ? skipTrailing(simulation, from) : skipFixed(simulation, from)
  // The loops stop behind the bar that signals.
  if (bar > from) decide(simulation, bar - 1)
  return bar
}

const skipFixed = (simulation: Simulation, from: number): number => {
  const { equity, cash, bars, position, candles } = simulation
  const { bytes } = simulation.signals
  const { side, quantity, signedStop, signedReach, signedTarget } = position
  const adverseColumn = side > 0 ? candles.low : candles.high
  const favourableColumn = side > 0 ? candles.high : candles.low
  const { close } = candles
  const signedQuantity = side * quantity
  const mask = signalMask(side)
  const ceiling = Math.min(signedReach, signedTarget)
  let { signedLow, signedHigh } = position
  let bar = from
  while (bar < bars - 1) {
    const adverse = side * adverseColumn[bar]!
    const favourable = side * favourableColumn[bar]!
    if (adverse <= signedStop || favourable >= ceiling) break
    const marked = cash + signedQuantity * close[bar]!
    if (!(marked > 0)) break
    if (adverse < signedLow) signedLow = adverse
    if (favourable > signedHigh) signedHigh = favourable
    equity[bar] = marked
    if ((bytes[bar++]! & mask) !== 0) break
  }
  position.signedLow = signedLow
  position.signedHigh = signedHigh
  return bar
}

/** As `skipFixed`, with the stop following; a bar that could reach the level it leaves behind is left to the walk. */
const skipTrailing = (simulation: Simulation, from: number): number => {
  const { equity, cash, bars, position, candles } = simulation
  const { bytes } = simulation.signals
  const { side, quantity, signedReach, signedTarget, signedActivation } = position
  const adverseColumn = side > 0 ? candles.low : candles.high
  const favourableColumn = side > 0 ? candles.high : candles.low
  const mask = signalMask(side)
  const ceiling = Math.min(signedReach, signedTarget)
  let { signedLow, signedHigh, signedAnchor, signedTrail } = position
  let bar = from
  while (bar < bars - 1) {
    const adverse = side * adverseColumn[bar]!
    const favourable = side * favourableColumn[bar]!
    const moves = signedTrail > -Infinity ? favourable > signedAnchor : favourable >= signedActivation
    const trail = moves ? Math.max(signedTrail, trailAt(simulation, favourable)) : signedTrail
    if (adverse <= nearestStop(position, trail) || favourable >= ceiling) break
    const marked = cash + side * quantity * candles.close[bar]!
    if (!(marked > 0)) break
    if (adverse < signedLow) signedLow = adverse
    if (favourable > signedHigh) signedHigh = favourable
    if (moves) signedAnchor = favourable
    signedTrail = trail
    equity[bar] = marked
    if ((bytes[bar++]! & mask) !== 0) break
  }
  position.signedLow = signedLow
  position.signedHigh = signedHigh
  position.signedAnchor = signedAnchor
  position.signedTrail = signedTrail
  return bar
}
