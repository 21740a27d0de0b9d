import { enter, leave } from './account.ts'
import { STOP_LOSS_GAP, TAKE_PROFIT_GAP, TRAILING_STOP_GAP } from './exits.ts'
import { nearestStop } from './protection.ts'
import type { Simulation } from './simulation.ts'

const stopAtOpen = (simulation: Simulation, signedOpen: number): void => {
  const { signedStop, signedTrail } = simulation.position
  leave(simulation, signedOpen, signedTrail > signedStop ? TRAILING_STOP_GAP : STOP_LOSS_GAP)
}

const targetAtOpen = (simulation: Simulation, signedOpen: number): void => {
  const { config, position } = simulation
  leave(simulation, config.limitGap === 'at_open' ? signedOpen : position.signedTarget, TAKE_PROFIT_GAP)
}

/** The open belongs to the path of a position that is still held at it. */
export const meetOpen = ({ position, candles, bar }: Simulation): number => {
  const signedOpen = position.side * candles.open[bar]!
  if (signedOpen < position.signedLow) position.signedLow = signedOpen
  if (signedOpen > position.signedHigh) position.signedHigh = signedOpen
  return signedOpen
}

/** Gapped stops come before the exit signal, a gapped target yields to it. */
const leaveAtOpen = (simulation: Simulation): void => {
  const { position, pendingExit } = simulation
  const signedOpen = meetOpen(simulation)
  if (signedOpen <= nearestStop(position, position.signedTrail)) stopAtOpen(simulation, signedOpen)
  else if (pendingExit !== null) leave(simulation, signedOpen, pendingExit)
  else if (signedOpen >= position.signedReach) targetAtOpen(simulation, signedOpen)
}

/** A stop or target that is armed at or beyond the open fills at once. */
const leaveIfArmedBeyond = (simulation: Simulation): void => {
  const { position, candles, bar } = simulation
  const signedOpen = position.side * candles.open[bar]!
  if (signedOpen <= nearestStop(position, position.signedTrail)) stopAtOpen(simulation, signedOpen)
  else if (signedOpen >= position.signedTarget) targetAtOpen(simulation, signedOpen)
}

/** Everything that happens at the open of the bar: exits free the cash that entries use. */
export const openPhase = (simulation: Simulation): void => {
  if (simulation.position.side !== 0) leaveAtOpen(simulation)
  simulation.pendingExit = null
  const side = simulation.pendingEntry
  if (side === 0) return
  simulation.pendingEntry = 0
  if (enter(simulation, side)) leaveIfArmedBeyond(simulation)
}
