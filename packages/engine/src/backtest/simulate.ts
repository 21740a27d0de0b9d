import { blow, leave, markedEquity } from './account.ts'
import { nextExit, orderExit } from './decide.ts'
import { markHeld } from './marks.ts'
import { openPhase } from './open-phase.ts'
import { pathPhase } from './path-phase.ts'
import { NO_EXIT, type Simulation } from './simulation.ts'
import { skipFlat, skipHeld } from './skip.ts'

/** What survives the last bar is closed with slippage and fee, unless it is to stay open. */
const endOfData = (simulation: Simulation, bar: number): void => {
  const { position, config, candles } = simulation
  if (position.side === 0 || config.endOfData === 'leave_open') return
  const price = config.endOfData === 'last_close' ? candles.close[bar]! : candles.open[bar]!
  const signedPrice = position.side * price
  leave(simulation, bar, { signedPrice, slips: true, reason: 'end_of_data', gap: false })
}

/** Marks a position at the close and decides; returns the next bar. */
const closeHeld = (simulation: Simulation, bar: number): number => {
  const { position, candles, lastBar } = simulation
  if (!(markedEquity(simulation, position.side * candles.close[bar]!) > 0)) return blow(simulation, bar)
  markHeld(simulation, bar + 1)
  if (bar < lastBar && nextExit(simulation, bar) === bar) orderExit(simulation, bar)
  return bar + 1
}

/** One bar in the order of BAR-1: open, path, (end of data), mark, decide. Returns the next bar to look at. */
const processBar = (simulation: Simulation, bar: number): number => {
  const { position } = simulation
  openPhase(simulation, bar)
  if (position.side === 0) return skipFlat(simulation, bar)
  const next = skipHeld(simulation, bar)
  if (next > bar) return next
  pathPhase(simulation, bar)
  if (bar === simulation.lastBar) endOfData(simulation, bar)
  return position.side === 0 ? skipFlat(simulation, bar) : closeHeld(simulation, bar)
}

const hasOrders = ({ pendingEntry, pendingExit }: Simulation): boolean =>
  pendingEntry !== 0 || pendingExit !== NO_EXIT

/** Runs a simulation to its end. Bars at which nothing can happen are passed over. */
export const simulate = (simulation: Simulation): void => {
  const { bars, position } = simulation
  let bar = 0
  while (bar < bars) {
    if (!hasOrders(simulation)) {
      const next = position.side === 0 ? skipFlat(simulation, bar) : skipHeld(simulation, bar)
      if (next > bar) {
        bar = next
        continue
      }
    }
    bar = processBar(simulation, bar)
  }
}
