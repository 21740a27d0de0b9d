import { enter, type Exit, leave } from './account.ts'
import { nearestStop } from './protection.ts'
import { NO_EXIT, REVERSE_EXIT, type Simulation } from './simulation.ts'

const stopAtOpen = (simulation: Simulation, signedOpen: number): Exit => {
  const { signedStop, signedTrail } = simulation.position
  return {
    signedPrice: signedOpen,
    slips: true,
    reason: signedTrail > signedStop ? 'trailing_stop' : 'stop_loss',
    gap: true,
  }
}

const targetAtOpen = (simulation: Simulation, signedOpen: number): Exit => ({
  signedPrice: simulation.config.limitGap === 'at_open' ? signedOpen : simulation.position.signedTarget,
  slips: false,
  reason: 'take_profit',
  gap: true,
})

/** Gapped stops come before the exit signal, a gapped target yields to it. */
const leaveAtOpen = (simulation: Simulation, bar: number): void => {
  const { position, pendingExit, candles } = simulation
  const signedOpen = position.side * candles.open[bar]!
  if (signedOpen < position.signedLow) position.signedLow = signedOpen
  if (signedOpen > position.signedHigh) position.signedHigh = signedOpen
  if (signedOpen <= nearestStop(position, position.signedTrail)) {
    leave(simulation, bar, stopAtOpen(simulation, signedOpen))
  } else if (pendingExit !== NO_EXIT) {
    const reason = pendingExit === REVERSE_EXIT ? 'reverse' : 'signal'
    leave(simulation, bar, { signedPrice: signedOpen, slips: true, reason, gap: false })
  } else if (signedOpen >= position.signedReach) {
    leave(simulation, bar, targetAtOpen(simulation, signedOpen))
  }
}

/** A stop or target that is armed at or beyond the open fills at once. */
const leaveIfArmedBeyond = (simulation: Simulation, bar: number): void => {
  const { position, candles } = simulation
  const signedOpen = position.side * candles.open[bar]!
  if (signedOpen <= nearestStop(position, position.signedTrail)) {
    leave(simulation, bar, stopAtOpen(simulation, signedOpen))
  } else if (signedOpen >= position.signedTarget) {
    leave(simulation, bar, targetAtOpen(simulation, signedOpen))
  }
}

/** Everything that happens at the open of a bar: exits free the cash that entries use. */
export const openPhase = (simulation: Simulation, bar: number): void => {
  if (simulation.position.side !== 0) leaveAtOpen(simulation, bar)
  simulation.pendingExit = NO_EXIT
  const side = simulation.pendingEntry
  if (side === 0) return
  simulation.pendingEntry = 0
  if (enter(simulation, bar, side)) leaveIfArmedBeyond(simulation, bar)
}
