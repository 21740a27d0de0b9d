import type { Simulation } from './simulation.ts'

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

/** The side that a flat account enters on a signal, as found by `nextEntry`. */
export const sideOf = ({ rules }: Simulation, signal: number): number =>
  rules.entryLong.next(signal) === signal ? 1 : -1

/** First bar at or after `from` whose close ends a position; the last bar when there is none. */
export const nextExit = ({ rules }: Simulation, side: number, from: number): number =>
  side > 0
    ? Math.min(rules.exitLong.next(from), rules.entryShort.next(from))
    : Math.min(rules.exitShort.next(from), rules.entryLong.next(from))

/** Whether the signal that ends a position, as found by `nextExit`, is an entry on the other side too. */
export const isReversal = ({ rules }: Simulation, side: number, signal: number): boolean =>
  (side > 0 ? rules.entryShort : rules.entryLong).next(signal) === signal
