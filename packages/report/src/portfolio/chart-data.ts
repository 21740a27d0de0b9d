import {
  accountChartData,
  type AccountChartData,
  type Column,
  secondsAt,
  TRADES_DRAWN,
} from '../backtest/chart-data.ts'
import { bucketStarts, mergeBars } from '../page/downsample.ts'
import { packFloat32 } from '../page/pack.ts'
import { decimalsOf, packBars, type PackedBars } from '../page/pack-bars.ts'
import type { Allocation } from './allocation.ts'
import type { PortfolioReportData } from './data.ts'

/** As many as there are colours that eyes can tell apart, less one for what is left. */
const SYMBOLS_DRAWN = 5

/** What the scripts of a portfolio's report read; see `AccountChartData`. */
export interface PortfolioChartData extends AccountChartData {
  /** Those held most, and last all others together where there are more. */
  readonly allocation: {
    readonly time: Column
    readonly parts: readonly { readonly label: string; readonly share: Column }[]
  }
  /** The symbol of each trade that is drawn. */
  readonly symbols: readonly string[]
  /** The candles of each member, in the order of priority. */
  readonly prices: readonly { readonly symbol: string; readonly bars: PackedBars }[]
}

/** Candles of all symbols together: the page has to stay small. */
const MOST_BARS = 24_000
const MOST_BARS_EACH = 1200

const pricesOf = ({ members, config }: PortfolioReportData): PortfolioChartData['prices'] => {
  const most = Math.min(MOST_BARS_EACH, Math.floor(MOST_BARS / members.length))
  return members.map(({ market: { symbol }, candles }) => {
    const rows = Math.min(candles.time.length, config.rows ?? Infinity)
    const drawn = mergeBars(candles, rows, bucketStarts(rows, most))
    return { symbol, bars: packBars(drawn, rows, decimalsOf(drawn)) }
  })
}

const partsOf = ({ members }: PortfolioReportData, { shares, means }: Allocation) => {
  const named = members.map(({ market }, member) => ({
    label: market.symbol,
    mean: means[member] as number,
    share: shares[member] as readonly number[],
  }))
  if (named.length <= SYMBOLS_DRAWN + 1) return named
  const ordered = named.toSorted((a, b) => b.mean - a.mean)
  const rest = ordered.slice(SYMBOLS_DRAWN)
  const sumAt = (_: number, step: number) => rest.reduce((sum, { share }) => sum + (share[step] as number), 0)
  return [
    ...ordered.slice(0, SYMBOLS_DRAWN),
    { label: `${rest.length} others`, share: (rest[0]?.share ?? []).map(sumAt) },
  ]
}

export const portfolioChartData = (
  data: PortfolioReportData,
  allocation: Allocation,
): PortfolioChartData => ({
  ...accountChartData(data, data.detail.held),
  allocation: {
    time: secondsAt(data.time, allocation.from),
    parts: partsOf(data, allocation).map(({ label, share }) => ({ label, share: packFloat32(share) })),
  },
  symbols: data.result.trades.slice(0, TRADES_DRAWN).map(({ symbol = '' }) => symbol),
  prices: pricesOf(data),
})
