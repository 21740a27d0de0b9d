import { leave, markedEquity } from './account.ts'
import { decide } from './decide.ts'
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

/** Marks equity at the close. At zero or below the account is closed for good and worth nothing from there on. */
const mark = (simulation: Simulation, bar: number): void => {
  const { position, candles, equity } = simulation
  const signedClose = position.side * candles.close[bar]!
  const marked = markedEquity(simulation, signedClose)
  if (marked > 0) {
    equity[bar] = marked
    return
  }
  if (position.side !== 0) {
    leave(simulation, bar, { signedPrice: signedClose, slips: true, reason: 'liquidation', gap: false })
  }
  simulation.cash = 0
  simulation.blownAtBar = bar
  equity.fill(0, bar)
}

/** One bar, in the order of BAR-1: open, path, (end of data), mark, decide. */
const processBar = (simulation: Simulation, bar: number): void => {
  openPhase(simulation, bar)
  if (simulation.position.side !== 0) pathPhase(simulation, bar)
  if (bar === simulation.bars - 1) endOfData(simulation, bar)
  mark(simulation, bar)
  if (simulation.blownAtBar < 0) decide(simulation, bar)
}

/** Runs a simulation to its end. Bars at which nothing can happen are only marked. */
export const simulate = (simulation: Simulation): void => {
  const { bars, position } = simulation
  let bar = 0
  while (bar < bars && simulation.blownAtBar < 0) {
    if (simulation.pendingEntry === 0 && simulation.pendingExit === NO_EXIT) {
      bar = position.side === 0 ? skipFlat(simulation, bar) : skipHeld(simulation, bar)
      if (bar === bars) return
    }
    processBar(simulation, bar++)
  }
}
