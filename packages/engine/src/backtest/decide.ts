import { type Exit, REVERSE, SIGNAL } from './exits.ts'
import type { Simulation } from './simulation.ts'

/**
 * First bar from the one at hand whose close sends a flat account into the market; the last bar when there is none.
 * Entries for both sides at one bar cancel out.
 */
export const nextEntry = ({ rules, config, bar: from, lastBar }: Simulation): number => {
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

/** First bar from the one at hand whose close ends the open position; the last bar when there is none. */
export const nextExit = ({ rules, position, bar }: Simulation): number =>
  position.side > 0
    ? Math.min(rules.exitLong.next(bar), rules.entryShort.next(bar))
    : Math.min(rules.exitShort.next(bar), rules.entryLong.next(bar))

/** The exit that a signal asks for, as found by `nextExit`; an opposite entry reverses. */
export const exitAt = ({ rules, position }: Simulation, signal: number): Exit =>
  (position.side > 0 ? rules.entryShort : rules.entryLong).next(signal) === signal ? REVERSE : SIGNAL
