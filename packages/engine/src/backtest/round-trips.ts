import { enter, leave } from './account.ts'
import { REVERSE, SIGNAL } from './exits.ts'
import { markFlat, markHeld } from './marks.ts'
import { meetOpen } from './open-phase.ts'
import type { Simulation } from './simulation.ts'
import { endPlan, planTrips, startPlan } from './plan-trips.ts'

/**
 * Passes whole round trips of a flat account, for programs without levels inside the bars. Stops at the bar that has to
 * be looked at by itself, the account flat there or its position just opened: where no trip is left, an entry was
 * refused, or the account may not survive.
 */
export const passRoundTrips = (simulation: Simulation): void => {
  const { trips } = simulation
  if (!(simulation.cash > 0)) return
  startPlan(simulation)
  let isWhole: boolean
  do {
    planTrips(simulation)
    isWhole = carryOut(simulation)
    endPlan(trips, isWhole)
  } while (isWhole && trips.length > 0)
  // The entry of a reversal for which no exit is left.
  if (isWhole && trips.signal === simulation.bar - 1) simulation.pendingEntry = trips.nextSide
}

/** False when it stopped before the end of the plan. */
const carryOut = (simulation: Simulation): boolean => {
  const { trips, position } = simulation
  for (let trip = 0; trip < trips.length; trip++) {
    markFlat(simulation, trips.entry[trip]!)
    if (!enter(simulation, trips.side[trip]!)) return false
    const lowest = Math.min(position.signedLow, trips.signedLow[trip]!)
    // Closes lie within lows and highs, so an account that survives the worst of them survives every bar.
    if (!(simulation.cash + position.quantity * lowest > 0)) return false
    position.signedLow = lowest
    position.signedHigh = Math.max(position.signedHigh, trips.signedHigh[trip]!)
    markHeld(simulation, trips.exit[trip]!)
    const isReversed = trips.isReversed[trip] === 1
    leave(simulation, meetOpen(simulation), isReversed ? REVERSE : SIGNAL)
    // A reversal without cash is refused as any entry is.
    if (!(simulation.cash > 0 || isReversed)) return false
  }
  return true
}
