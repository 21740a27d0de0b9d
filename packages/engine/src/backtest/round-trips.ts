import { enter, leave } from './account.ts'
import { exitAt, nextEntry, nextExit, sideOf } from './decide.ts'
import { REVERSE } from './exits.ts'
import { markFlat, markHeld } from './marks.ts'
import { meetOpen } from './open-phase.ts'
import { passBars } from './pass-bars.ts'
import type { Simulation } from './simulation.ts'

/**
 * Whole round trips of a flat account, for programs without levels inside the bars: all that can happen to a position
 * is the signal that ends it. Stops at the bar that has to be looked at by itself, the account flat there or its
 * position just opened: where no entry or no exit is left, and where the account may not survive.
 */
export const passRoundTrips = (simulation: Simulation): void => {
  const { lastBar } = simulation
  while (simulation.cash > 0) {
    const signal = nextEntry(simulation)
    if (signal >= lastBar) return
    let side = sideOf(simulation, signal)
    markFlat(simulation, signal + 1)
    while (side !== 0 && enter(simulation, side)) {
      const exitSignal = nextExit(simulation)
      if (exitSignal >= lastBar || passBars(simulation, exitSignal + 1) === null) return
      const exit = exitAt(simulation, exitSignal)
      markHeld(simulation, exitSignal + 1)
      leave(simulation, meetOpen(simulation), exit)
      side = exit === REVERSE ? -side : 0
    }
  }
}
