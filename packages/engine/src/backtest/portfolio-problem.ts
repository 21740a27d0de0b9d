import type { Problem } from '../kernel/index.ts'
import type { SeriesColumns } from '../strategy/index.ts'
import { unionTime } from './portfolio-loop.ts'

export interface PortfolioMember {
  /** `BASE/QUOTE`; all members have one quote asset. */
  readonly symbol: string
  readonly series: SeriesColumns
}

/** What the prices of a symbol are in; with the settlement asset of a perpetual. */
export const quoteOf = (symbol: string): string => symbol.slice(symbol.indexOf('/') + 1)

/** A bar that opens inside another would meet an account that knows how the other ends. */
const overlapProblem = (
  members: readonly PortfolioMember[],
  { symbol: first }: PortfolioMember,
): Problem | null => {
  const barMs = members.find(({ series }) => series.barMs !== undefined)?.series.barMs
  if (barMs === undefined) return null
  const time = unionTime(members.map(({ series }) => series.candles.time))
  const at = time.findIndex((timeMs, place) => place > 0 && timeMs - time[place - 1]! < barMs)
  if (at < 0) return null
  const late = members.find(
    ({ symbol, series }) => symbol !== first && series.candles.time.includes(time[at]!),
  )
  return {
    path: late?.symbol ?? first,
    expected: 'bars that open together with those of the other symbols, or after their end',
    actual: `a bar at ${time[at]}, ${time[at]! - time[at - 1]!} ms after another`,
  }
}

/** Why these members cannot share an account, or null. */
export const portfolioProblem = (members: readonly PortfolioMember[]): Problem | null => {
  const [first] = members
  if (first === undefined) return { path: 'members', expected: 'at least one symbol', actual: 'none' }
  for (const [at, { symbol, series }] of members.entries()) {
    if (members.findIndex((other) => other.symbol === symbol) < at) {
      return { path: symbol, expected: 'each symbol once', actual: 'given twice' }
    }
    if (quoteOf(symbol) !== quoteOf(first.symbol)) {
      const expected = `the quote asset ${quoteOf(first.symbol)} of ${first.symbol}`
      return { path: symbol, expected, actual: quoteOf(symbol) }
    }
    const { barMs } = first.series
    if (series.barMs !== undefined && barMs !== undefined && series.barMs !== barMs) {
      const expected = `bars of ${barMs} ms as those of ${first.symbol}`
      return { path: symbol, expected, actual: `${series.barMs} ms` }
    }
  }
  return overlapProblem(members, first)
}
