import { ENTRY_LONG, ENTRY_SHORT, EXIT_LONG, EXIT_SHORT } from '../strategy/index.ts'
import { REVERSE_EXIT, SIGNAL_EXIT, type Simulation } from './simulation.ts'

export const ENTRIES = ENTRY_LONG | ENTRY_SHORT

/** Bits that matter while the position is on this side. */
export const signalMask = (side: number): number => {
  if (side === 0) return ENTRIES
  return side > 0 ? EXIT_LONG | ENTRY_SHORT : EXIT_SHORT | ENTRY_LONG
}

/** True when a flat account acts on the byte: entries for both sides cancel out. */
export const isEntry = (bits: number): boolean =>
  (bits & ENTRIES) === ENTRY_LONG || (bits & ENTRIES) === ENTRY_SHORT

/** Turns the signals at the close of `bar` into orders for the next open; an opposite entry reverses. */
export const decide = (simulation: Simulation, bar: number): void => {
  const bits = simulation.signals.bytes[bar]!
  const { side } = simulation.position
  if (side === 0) {
    if (isEntry(bits)) simulation.pendingEntry = (bits & ENTRY_LONG) !== 0 ? 1 : -1
    return
  }
  if ((bits & (side > 0 ? ENTRY_SHORT : ENTRY_LONG)) !== 0) {
    simulation.pendingExit = REVERSE_EXIT
    simulation.pendingEntry = -side
  } else if ((bits & (side > 0 ? EXIT_LONG : EXIT_SHORT)) !== 0) {
    simulation.pendingExit = SIGNAL_EXIT
  }
}
