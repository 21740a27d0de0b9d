import type { Measured } from './reasons.ts'

/** Sums of powers of deviations from the mean, divided by n: the population moments of a sample. */
export interface Moments {
  readonly n: number
  readonly mean: number
  readonly m2: number
  readonly m3: number
  readonly m4: number
}

/** Two passes, so that a large mean does not swallow a small spread. */
export const momentsOf = (values: Float64Array): Moments => {
  const n = values.length
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / n
  let m2 = 0
  let m3 = 0
  let m4 = 0
  for (const value of values) {
    const deviation = value - mean
    const square = deviation * deviation
    m2 += square
    m3 += square * deviation
    m4 += square * square
  }
  return { n, mean, m2: m2 / n, m3: m3 / n, m4: m4 / n }
}

/** Sample standard deviation, divisor n - 1. */
export const sampleDeviation = ({ n, m2 }: Moments): number => Math.sqrt((m2 * n) / (n - 1))

// Rounding alone leaves a spread of this size in a constant series of daily returns.
const SMALLEST_DEVIATION = 1e-12

/** Whether a spread exists that may be divided by; needs n >= 2. */
export const varies = (moments: Moments): boolean => sampleDeviation(moments) >= SMALLEST_DEVIATION

/** Bias-corrected skewness G1 = g1 * sqrt(n(n-1)) / (n-2) (Joanes & Gill, 1998). */
export const skewness = (moments: Moments): Measured => {
  const { n, m2, m3 } = moments
  if (n < 3) return 'TOO_FEW_DAYS'
  if (!varies(moments)) return 'ZERO_VARIANCE'
  return ((m3 / m2 ** 1.5) * Math.sqrt(n * (n - 1))) / (n - 2)
}

/** Bias-corrected excess kurtosis G2 = (n-1)/((n-2)(n-3)) * ((n+1) g2 + 6) (Joanes & Gill, 1998). */
export const excessKurtosis = (moments: Moments): Measured => {
  const { n, m2, m4 } = moments
  if (n < 4) return 'TOO_FEW_DAYS'
  if (!varies(moments)) return 'ZERO_VARIANCE'
  const excess = m4 / (m2 * m2) - 3
  return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * excess + 6)
}

/** Quantile of ascending values, linear between order statistics at position q (n - 1) (Hyndman & Fan type 7). */
export const quantileOfSorted = (sorted: Float64Array, q: number): number => {
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (high - low) * (position - below)
}

const FEWEST_DAYS_FOR_TAIL = 20

/** Historical value at risk: the 5th percentile of the daily returns; negative is a loss. */
export const var95 = (sorted: Float64Array): Measured =>
  sorted.length < FEWEST_DAYS_FOR_TAIL ? 'TOO_FEW_DAYS' : quantileOfSorted(sorted, 0.05)

/** Mean of the floor(0.05 (n - 1)) + 1 smallest daily returns; negative is a loss. */
export const cvar95 = (sorted: Float64Array): Measured => {
  if (sorted.length < FEWEST_DAYS_FOR_TAIL) return 'TOO_FEW_DAYS'
  const count = Math.floor(0.05 * (sorted.length - 1)) + 1
  let sum = 0
  for (let i = 0; i < count; i++) sum += sorted[i] as number
  return sum / count
}

/** |P95| / |P5| of the daily returns. */
export const tailRatio = (sorted: Float64Array): Measured => {
  if (sorted.length === 0) return 'TOO_FEW_DAYS'
  const low = Math.abs(quantileOfSorted(sorted, 0.05))
  return low === 0 ? 'ZERO_TAIL' : Math.abs(quantileOfSorted(sorted, 0.95)) / low
}
