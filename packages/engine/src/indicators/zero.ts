/** TA-Lib takes smaller sums of price moves for zero (its epsilon since release 0.6). */
export const ZERO_BELOW = 1e-14

/**
 * What rounding leaves of a variance that is zero, relative to the squared mean. A variance is taken for zero when
 * it is below both limits: TA-Lib's absolute one alone would flatten the bands of any coin priced below 1e-6.
 */
export const VARIANCE_ROUNDING = 1e-12
