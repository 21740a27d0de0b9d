const DAY_MS = 86_400_000
const SECOND_MS = 1000
const DAYS_PER_YEAR = 365

/** Published metrics of a run, and where its bars end. */
export interface PublishedGrowth {
  readonly totalReturn: number
  /** Of a year of 365 days; null where the run has none. */
  readonly cagr: number | null
  /** Epoch ms at which the last bar of the run opens. */
  readonly lastBarMs: number
}

/**
 * How many daily returns are behind a run's metrics, which do not say it: the days that turn the total return into the
 * yearly one give its first tradable bar, to the second, and the count is that of the UTC days from there to the last
 * bar. Null where nothing grew or shrank, since any length fits that.
 */
export const dailyReturnCount = ({ totalReturn, cagr, lastBarMs }: PublishedGrowth): number | null => {
  if (cagr === null) return null
  const days = (DAYS_PER_YEAR * Math.log1p(totalReturn)) / Math.log1p(cagr)
  if (!Number.isFinite(days)) return null
  const firstBarMs = Math.round((lastBarMs - days * DAY_MS) / SECOND_MS) * SECOND_MS
  return Math.floor(lastBarMs / DAY_MS) - Math.floor(firstBarMs / DAY_MS) + 1
}
