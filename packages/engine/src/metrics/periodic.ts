import { invariant } from '../kernel/index.ts'
import { DAY_MS, dayEndRows, sampleDaily } from './daily.ts'
import { walkEquity } from './equity-walk.ts'
import { entryHours, type EntryResult } from './periodic-entries.ts'
import { type DailyCurve, returnsBy, summaries } from './periodic-returns.ts'
import type { PeriodicTables } from './periodic-tables.ts'

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

/** The daily series of the metrics; an account that ends worth nothing ends it with 0. */
const dailyCurve = ({ time, equity, initialCapital, firstTradableBar: from }: PeriodicInput): DailyCurve => {
  const walk = walkEquity({ time, equity, from, to: time.length, startEquity: initialCapital })
  const ends = dayEndRows({ time, from, to: walk.to, startsOn: 'day_before' })
  const daily = sampleDaily(equity, ends, initialCapital)
  daily[daily.length - 1] = walk.endEquity
  return { daily, firstDay: Math.floor((time[from] ?? 0) / DAY_MS) }
}

/**
 * Returns by UTC day, week, month and year from the daily equity D_0..D_n, and trade results by the hour of the week
 * of entry (specs §4, row 35). Fractions are fractions, money is in quote units.
 */
export const periodicTables = (input: PeriodicInput): PeriodicTables => {
  const { time, equity, initialCapital } = input
  invariant(equity.length === time.length, `equity has ${equity.length} rows for ${time.length} bars`)
  invariant(initialCapital > 0, `the initial capital must be positive, was ${initialCapital}`)
  const curve = dailyCurve(input)
  return {
    summary: summaries(curve),
    months: returnsBy('month', curve),
    years: returnsBy('year', curve),
    entryHours: entryHours(input.trades),
  }
}
