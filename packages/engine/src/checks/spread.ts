/** Scales a median absolute deviation to the standard deviation of a normal distribution: 1 / Phi^-1(3/4). */
const NORMAL_SCALE = 1.4826

/** Prices on a coarse grid repeat themselves, and a deviation of zero would make a spike of every other bar. */
const LEAST_DEVIATION = 0.25

export interface Spread {
  readonly median: number
  /** Median absolute deviation from the median, scaled as a standard deviation; a quarter of the median at least. */
  readonly deviation: number
}

/** The upper median; 0 of none. Sorts `values`. */
const medianOf = (values: Float64Array): number => values.sort()[values.length >> 1] ?? 0

/** Median and spread of the values above zero, which a few wild ones do not move; zeros without such values. */
export const positiveSpread = (values: Float64Array): Spread => {
  const positive = values.filter((value) => value > 0)
  const median = medianOf(positive)
  const deviation = medianOf(positive.map((value) => Math.abs(value - median)))
  return { median, deviation: Math.max(NORMAL_SCALE * deviation, LEAST_DEVIATION * median) }
}
