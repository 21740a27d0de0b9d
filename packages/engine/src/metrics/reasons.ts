/** Stable codes that tell why a metric is null. */
export const METRIC_REASON_CODES = [
  /** No closed trade. */
  'NO_TRADES',
  /** Trades, but none with a positive result. */
  'NO_WINS',
  /** Trades, but none with a negative result. */
  'NO_LOSSES',
  /** One trade where a spread needs two. */
  'TOO_FEW_TRADES',
  /** Fewer daily returns, or less elapsed time, than the definition needs. */
  'TOO_FEW_DAYS',
  /** No daily return below zero (for Sortino: below the risk-free return of a day). */
  'NO_NEGATIVE_RETURNS',
  /** The series behind the denominator does not vary. */
  'ZERO_VARIANCE',
  /** The 5th percentile of the daily returns is zero. */
  'ZERO_TAIL',
  /** Equity never fell below an earlier value. */
  'NO_DRAWDOWN',
  /** Equity reached zero: the series ends there and its ratios mean nothing. */
  'BLOWN_ACCOUNT',
  /** A trade lost its whole notional or more, so no geometric mean exists. */
  'TOTAL_LOSS_TRADE',
  /** The data end before the first tradable bar. */
  'NO_BARS',
  /** The result exceeds the range of a double. */
  'NOT_FINITE',
] as const
export type MetricReasonCode = (typeof METRIC_REASON_CODES)[number]

/** What a definition yields: its value, or the code of why there is none. */
export type Measured = number | MetricReasonCode

/** Applies `use` to a value and hands a reason code on. */
export const mapMeasured = (measured: Measured, use: (value: number) => Measured): Measured =>
  typeof measured === 'number' ? use(measured) : measured
