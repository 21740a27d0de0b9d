import { blow, leave, markedEquity } from './account.ts'
import { nextExit } from './decide.ts'
import { END_OF_DATA } from './exits.ts'
import { markHeld } from './marks.ts'
import { openPhase } from './open-phase.ts'
import { pathPhase } from './path-phase.ts'
import { hasLevels } from './protection.ts'
import { passRoundTrips } from './round-trips.ts'
import type { Simulation } from './simulation.ts'
import { orderExit, skipFlat, skipHeld } from './skip.ts'

/** What survives the last bar is closed with slippage and fee, unless it is to stay open. */
const endOfData = (simulation: Simulation): void => {
  const { position, config, candles, bar } = simulation
  if (position.side === 0 || config.endOfData === 'leave_open') return
  const price = config.endOfData === 'last_close' ? candles.close[bar]! : candles.open[bar]!
  leave(simulation, position.side * price, END_OF_DATA)
}

/** Marks a position at the close and decides. */
const closeHeld = (simulation: Simulation): void => {
  const { position, candles, bar, lastBar } = simulation
  if (!(markedEquity(simulation, position.side * candles.close[bar]!) > 0)) {
    blow(simulation)
    return
  }
  const isSignalled = bar < lastBar && nextExit(simulation, position.side, bar) === bar
  markHeld(simulation, bar + 1)
  if (isSignalled) orderExit(simulation, bar)
}

/** One bar in the order of BAR-1: open, path, (end of data), mark, decide. Bars at which nothing happens follow it. */
const processBar = (simulation: Simulation): void => {
  const { position, bar, lastBar } = simulation
  openPhase(simulation)
  if (position.side !== 0) {
    if (skipHeld(simulation)) return
    pathPhase(simulation)
    if (bar === lastBar) endOfData(simulation)
  }
  if (position.side === 0) skipFlat(simulation)
  else closeHeld(simulation)
}

const hasOrders = ({ pendingEntry, pendingExit }: Simulation): boolean =>
  pendingEntry !== 0 || pendingExit !== null

/** Passes the bars at which nothing can happen; false when the one at hand has to be processed. */
const skipBars = (simulation: Simulation): boolean => {
  if (hasOrders(simulation)) return false
  if (simulation.position.side !== 0) return skipHeld(simulation)
  skipFlat(simulation)
  return true
}

/** Runs a simulation to its end. */
export const simulate = (simulation: Simulation): void => {
  const { bars, program } = simulation
  const isWithoutLevels = !hasLevels(program.strategy)
  while (simulation.bar < bars) {
    const isFree = isWithoutLevels && simulation.position.side === 0 && !hasOrders(simulation)
    if (isFree) passRoundTrips(simulation)
    if (!skipBars(simulation)) processBar(simulation)
  }
}
