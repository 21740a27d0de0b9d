import { invariant } from '../kernel/index.ts'
import { entryHours, type EntryResult } from './periodic-entries.ts'
import { returnsBy, summaries } from './periodic-returns.ts'
import type { PeriodicTables } from './periodic-tables.ts'
import { analyseCurve } from './series-metrics.ts'

export interface PeriodicInput {
  /** Opens of the bars, epoch ms UTC, strictly ascending; aligned with `equity`. */
  readonly time: Float64Array
  /** Quote units at each close, as for `backtestMetrics`. */
  readonly equity: Float64Array
  /** E_0 = D_0, quote units. */
  readonly initialCapital: number
  /** Index of the first bar that may fill; warm-up is left out. */
  readonly firstTradableBar: number
  readonly trades: readonly EntryResult[]
}

/**
 * Returns by UTC day, week, month and year from the daily equity D_0..D_n, and trade results by the hour of the week
 * of entry (specs §4, row 35). Fractions are fractions, money is in quote units.
 */
export const periodicTables = (input: PeriodicInput): PeriodicTables => {
  const { time, equity, initialCapital, firstTradableBar } = input
  invariant(equity.length === time.length, `equity has ${equity.length} rows for ${time.length} bars`)
  invariant(initialCapital > 0, `the initial capital must be positive, was ${initialCapital}`)
  const curve = analyseCurve(
    { time, equity, from: firstTradableBar, to: time.length, startEquity: initialCapital },
    'day_before',
  )
  return {
    summary: summaries(curve),
    months: returnsBy('month', curve),
    years: returnsBy('year', curve),
    entryHours: entryHours(input.trades),
  }
}
