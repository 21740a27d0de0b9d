import { blow } from './account.ts'
import { isReversal, nextEntry, nextExit, sideOf } from './decide.ts'
import { REVERSE, SIGNAL } from './exits.ts'
import { markFlat, markHeld } from './marks.ts'
import { ceilingOf, passBars } from './pass-bars.ts'
import { nearestStop, trailAt } from './protection.ts'
import type { Simulation } from './simulation.ts'

/** Passes the bars at which a flat account does nothing, up to and including the next entry signal, which it orders. */
export const skipFlat = (simulation: Simulation): void => {
  const { cash, bars, lastBar } = simulation
  if (!(cash > 0)) {
    blow(simulation)
    return
  }
  const signal = nextEntry(simulation, simulation.bar)
  markFlat(simulation, signal < lastBar ? signal + 1 : bars)
  if (signal < lastBar) simulation.pendingEntry = sideOf(simulation, signal)
}

/**
 * Passes the bars at which nothing can fill, up to and including the next exit signal, which it orders, at the latest
 * up to the last bar. False when something may fill in the first of them already.
 */
export const skipHeld = (simulation: Simulation): boolean => {
  const { lastBar, bar } = simulation
  const signal = nextExit(simulation, simulation.position.side, bar)
  const to = Math.min(signal + 1, lastBar)
  const passed = (isFixed(simulation) ? passBars(simulation, to) : null) ?? passOneByOne(simulation, to)
  if (passed <= bar) return false
  markHeld(simulation, passed)
  if (passed > signal) orderExit(simulation, signal)
  return true
}

/** Orders the exit that `signal` asks for, as found by `nextExit`, and the entry of a reversal. */
export const orderExit = (simulation: Simulation, signal: number): void => {
  const { side } = simulation.position
  const isReversed = isReversal(simulation, side, signal)
  simulation.pendingExit = isReversed ? REVERSE : SIGNAL
  if (isReversed) simulation.pendingEntry = -side
}

const isFixed = ({ position: { signedTrail, signedActivation } }: Simulation): boolean =>
  signedTrail === -Infinity && signedActivation === Infinity

/**
 * As `passBars`, with a trailing stop that moves along; a bar that could reach the level it leaves behind, or in which
 * the account ends, is left to the walk.
 */
const passOneByOne = (simulation: Simulation, to: number): number => {
  const { cash, position, candles } = simulation
  const { side, quantity, signedActivation } = position
  const adverseColumn = side > 0 ? candles.low : candles.high
  const favourableColumn = side > 0 ? candles.high : candles.low
  const ceiling = ceilingOf(position)
  let { signedLow, signedHigh, signedAnchor, signedTrail } = position
  let { bar } = simulation
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
