import { extremeOf } from '../metrics/index.ts'
import type { BarExtremes } from './bar-extremes.ts'
import { isReversal, nextEntry, nextExit, sideOf } from './decide.ts'
import type { Simulation } from './simulation.ts'
import { MOST_TRIPS, type Trips } from './trips.ts'

/** The next plan begins with the entry that a flat account at the bar at hand is sent into. */
export const startPlan = (simulation: Simulation): void => {
  const { trips, bar } = simulation
  trips.ahead = 1
  trips.signal = nextEntry(simulation, bar)
  trips.nextSide = sideOf(simulation, trips.signal)
}

/**
 * Plans the next trips for programs without levels inside the bars: all that can happen to their positions is the
 * signal that ends them. Stops where no entry or no exit is left.
 */
export const planTrips = (simulation: Simulation): void => {
  const { trips, lastBar, extremes } = simulation
  trips.length = 0
  while (trips.signal < lastBar && trips.length < trips.ahead) {
    const { signal, nextSide: side } = trips
    const exitSignal = nextExit(simulation, side, signal + 1)
    if (exitSignal >= lastBar) break
    const isReversed = isReversal(simulation, side, exitSignal)
    const trip = trips.length++
    trips.side[trip] = side
    trips.entry[trip] = signal + 1
    trips.exit[trip] = exitSignal + 1
    trips.isReversed[trip] = Number(isReversed)
    trips.signal = isReversed ? exitSignal : nextEntry(simulation, exitSignal + 1)
    trips.nextSide = isReversed ? -side : sideOf(simulation, trips.signal)
  }
  // A pass of its own: the trips do not depend on each other, so that the host can fetch the bars of several at once.
  if (extremes === null) scanTrips(simulation)
  else searchTrips(trips, extremes)
}

const searchTrips = (trips: Trips, { low, high }: BarExtremes): void => {
  for (let trip = 0; trip < trips.length; trip++) {
    const isLong = trips.side[trip]! > 0
    const entry = trips.entry[trip]!
    const exit = trips.exit[trip]!
    trips.signedLow[trip] = -extremeOf(isLong ? low : high, entry, exit)
    trips.signedHigh[trip] = extremeOf(isLong ? high : low, entry, exit)
  }
}

const scanTrips = ({ trips, candles }: Simulation): void => {
  const { low, high } = candles
  for (let trip = 0; trip < trips.length; trip++) {
    const exit = trips.exit[trip]!
    let lowest = Infinity
    let highest = -Infinity
    for (let bar = trips.entry[trip]!; bar < exit; bar++) {
      if (low[bar]! < lowest) lowest = low[bar]!
      if (high[bar]! > highest) highest = high[bar]!
    }
    const isLong = trips.side[trip]! > 0
    trips.signedLow[trip] = isLong ? lowest : -highest
    trips.signedHigh[trip] = isLong ? highest : -lowest
  }
}

/** Lets the next plan reach further after one that was carried out whole, and starts small after another. */
export const endPlan = (trips: Trips, isWhole: boolean): void => {
  trips.ahead = isWhole ? Math.min(trips.ahead * 2, MOST_TRIPS) : 1
}
