import { REVERSE_EXIT, SIGNAL_EXIT, type Simulation } from './simulation.ts'

/**
 * First bar at or after `from` whose close sends a flat account into the market; the last bar when there is none.
 * Entries for both sides at one bar cancel out.
 */
export const nextEntry = ({ rules, config, lastBar }: Simulation, from: number): number => {
  let bar = Math.max(from, config.signalsFromBar)
  while (bar < lastBar) {
    const long = rules.entryLong.next(bar)
    const short = rules.entryShort.next(bar)
    if (long !== short) return Math.min(long, short)
    bar = long + 1
  }
  return lastBar
}

/** Orders the entry that `bar` signals, as found by `nextEntry`. */
export const orderEntry = (simulation: Simulation, bar: number): void => {
  simulation.pendingEntry = simulation.rules.entryLong.next(bar) === bar ? 1 : -1
}

/** First bar at or after `from` whose close ends the open position; the last bar when there is none. */
export const nextExit = ({ rules, position }: Simulation, from: number): number =>
  position.side > 0
    ? Math.min(rules.exitLong.next(from), rules.entryShort.next(from))
    : Math.min(rules.exitShort.next(from), rules.entryLong.next(from))

/** Orders the exit that `bar` signals, as found by `nextExit`; an opposite entry reverses. */
export const orderExit = (simulation: Simulation, bar: number): void => {
  const { rules, position } = simulation
  const opposite = position.side > 0 ? rules.entryShort : rules.entryLong
  if (opposite.next(bar) === bar) {
    simulation.pendingExit = REVERSE_EXIT
    simulation.pendingEntry = -position.side
  } else {
    simulation.pendingExit = SIGNAL_EXIT
  }
}
