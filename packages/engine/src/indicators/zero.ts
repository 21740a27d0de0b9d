/** TA-Lib takes smaller sums of price moves for zero (its epsilon since release 0.6). */
export const ZERO_BELOW = 1e-14

/**
 * Relative to the squared mean, what rounding leaves of a variance that is zero. TA-Lib's absolute limit alone
 * would flatten the bands of any coin priced below 1e-6.
 */
const VARIANCE_ROUNDING = 1e-12

/** Below which a variance is zero: TA-Lib's limit, made relative for small prices. */
export const zeroVarianceBelow = (mean: number): number => {
  const relative = VARIANCE_ROUNDING * mean * mean
  return relative < ZERO_BELOW ? relative : ZERO_BELOW
}
