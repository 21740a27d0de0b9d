import { blow } from './account.ts'
import { nextEntry, nextExit, orderEntry, orderExit } from './decide.ts'
import { markFlat, markHeld } from './marks.ts'
import { passBars, passWindows } from './pass-bars.ts'
import { nearestStop, trailAt } from './protection.ts'
import type { Simulation } from './simulation.ts'

/**
 * Passes the bars from `from` at which a flat account does nothing, up to and including the next entry signal, and
 * returns the bar after it (with the order pending) or the number of bars.
 */
export const skipFlat = (simulation: Simulation, from: number): number => {
  const { cash, bars, lastBar } = simulation
  if (!(cash > 0)) return blow(simulation, from)
  const signal = nextEntry(simulation, from)
  const to = signal < lastBar ? signal + 1 : bars
  markFlat(simulation, to)
  if (signal < lastBar) orderEntry(simulation, signal)
  return to
}

/**
 * Passes the bars from `from` at which nothing can fill, up to and including the next exit signal, and returns the
 * first bar at which something may fill: with the order pending after a signal, at the latest the last bar.
 */
export const skipHeld = (simulation: Simulation, from: number): number => {
  const { lastBar } = simulation
  const signal = nextExit(simulation, from)
  const to = Math.min(signal + 1, lastBar)
  const bar = isFixed(simulation) ? passFixed(simulation, from, to) : passOneByOne(simulation, from, to)
  if (bar <= from) return from
  markHeld(simulation, bar)
  if (bar > signal) orderExit(simulation, signal)
  return bar
}

const isFixed = ({ position: { signedTrail, signedActivation } }: Simulation): boolean =>
  signedTrail === -Infinity && signedActivation === Infinity

/** Closes lie within lows and highs, so an account that survives the worst of them survives every bar. */
const passFixed = (simulation: Simulation, from: number, to: number): number => {
  const { position, cash, extremes } = simulation
  const { signedLow, signedHigh } = position
  const bars = { from, to }
  const bar = extremes === null ? passBars(simulation, bars) : passWindows(simulation, extremes, bars)
  if (cash + position.quantity * position.signedLow > 0) return bar
  position.signedLow = signedLow
  position.signedHigh = signedHigh
  return passOneByOne(simulation, from, to)
}

/** Moves a trailing stop along; a bar that could reach the level it leaves behind is left to the walk. */
const passOneByOne = (simulation: Simulation, from: number, to: number): number => {
  const { cash, position, candles } = simulation
  const { side, quantity, signedReach, signedTarget, signedActivation } = position
  const adverseColumn = side > 0 ? candles.low : candles.high
  const favourableColumn = side > 0 ? candles.high : candles.low
  const ceiling = Math.min(signedReach, signedTarget)
  let { signedLow, signedHigh, signedAnchor, signedTrail } = position
  let bar = from
  for (; bar < to; bar++) {
    const adverse = side * adverseColumn[bar]!
    const favourable = side * favourableColumn[bar]!
    const moves = signedTrail > -Infinity ? favourable > signedAnchor : favourable >= signedActivation
    const trail = moves ? Math.max(signedTrail, trailAt(simulation, favourable)) : signedTrail
    if (adverse <= nearestStop(position, trail) || favourable >= ceiling) break
    if (!(cash + side * quantity * candles.close[bar]! > 0)) break
    if (adverse < signedLow) signedLow = adverse
    if (favourable > signedHigh) signedHigh = favourable
    if (moves) signedAnchor = favourable
    signedTrail = trail
  }
  position.signedLow = signedLow
  position.signedHigh = signedHigh
  position.signedAnchor = signedAnchor
  position.signedTrail = signedTrail
  return bar
}
