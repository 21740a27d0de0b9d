/** So few that their columns stay in the nearest cache. */
export const MOST_TRIPS = 256

/** Round trips that signals alone lead to, as columns: entered at the open of one bar, left at that of another. */
export interface Trips {
  length: number
  /** How many to plan at once: few after a plan that came to nothing, as an entry was refused. */
  ahead: number
  /** The bar that signals the entry after the planned trips, and its side. */
  signal: number
  nextSide: number
  readonly side: Int8Array
  readonly entry: Int32Array
  readonly exit: Int32Array
  /** 1 where the opposite trip begins at the exit. */
  readonly isReversed: Uint8Array
  /** Signed extremes of the bars from the entry up to the exit, which does not count. */
  readonly signedLow: Float64Array
  readonly signedHigh: Float64Array
}

export const createTrips = (): Trips => ({
  length: 0,
  ahead: 1,
  signal: -1,
  nextSide: 0,
  side: new Int8Array(MOST_TRIPS),
  entry: new Int32Array(MOST_TRIPS),
  exit: new Int32Array(MOST_TRIPS),
  isReversed: new Uint8Array(MOST_TRIPS),
  signedLow: new Float64Array(MOST_TRIPS),
  signedHigh: new Float64Array(MOST_TRIPS),
})
