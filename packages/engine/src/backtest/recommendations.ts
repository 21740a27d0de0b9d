import type { Metrics } from '../metrics/index.ts'
import type { BacktestResult } from './run-backtest.ts'

export const RECOMMENDATION_CODES = [
  'NO_TRADES',
  'LOW_SAMPLE',
  'ENTRIES_DENIED',
  'ACCOUNT_BLOWN',
  'ONE_TRADE_MAKES_PROFIT',
  'COSTS_EAT_EDGE',
  'BAND_WIDER_THAN_PROFIT',
  'BELOW_BUY_AND_HOLD',
] as const
export type RecommendationCode = (typeof RECOMMENDATION_CODES)[number]

/** Advice that a number of the result triggered; the text carries the number. */
export interface Recommendation {
  readonly code: RecommendationCode
  readonly text: string
}

/** What the rules look at. */
export interface Findings {
  readonly result: BacktestResult
  readonly metrics: Metrics
  readonly initialCapital: number
  readonly lowSample: boolean
  /** Time from the first bar to the last, in days. */
  readonly days: number
}

/** Costs above this share of the profit before costs mean that the edge mostly pays the venue. */
const COST_SHARE_LIMIT = 0.5

const money = (value: number): string => value.toFixed(2)
const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`

const profitOf = ({ result, initialCapital }: Findings): number => result.finalEquity - initialCapital

const bestPnl = ({ result }: Findings): number => {
  let best = -Infinity
  for (let i = 0; i < result.trades.length; i++) best = Math.max(best, result.trades.pnl[i]!)
  return best
}

const costShare = ({ result: { trades } }: Findings): number | null => {
  let costs = 0
  let gross = 0
  for (let i = 0; i < trades.length; i++) {
    const cost = trades.fees[i]! + trades.slippageCost[i]!
    costs += cost
    gross += trades.pnl[i]! + cost
  }
  return gross > 0 ? costs / gross : null
}

const noTrades = ({ result }: Findings): string | null => {
  if (result.trades.length > 0 || result.openPosition !== null) return null
  return `No trade in ${result.bars} bars: the rules never led to a fill.`
}

const lowSample = (findings: Findings): string | null => {
  const count = findings.result.trades.length
  if (!findings.lowSample || count === 0) return null
  return `${count} trades in ${findings.days.toFixed(1)} days are too few to tell skill from luck (10 and 14 are the least).`
}

const entriesDenied = ({ result }: Findings): string | null => {
  const parts = Object.entries(result.denied).filter(([, count]) => count > 0)
  if (parts.length === 0) return null
  const counts = parts.map(([code, count]) => `${count} × ${code}`).join(', ')
  return `Entries were refused (${counts}): check sizing, step and minimum notional against the capital.`
}

const accountBlown = ({ result }: Findings): string | null =>
  result.blownAtBar === null
    ? null
    : `The account was worth nothing at the close of bar ${result.blownAtBar}.`

const oneTradeMakesProfit = (findings: Findings): string | null => {
  const profit = profitOf(findings)
  const best = bestPnl(findings)
  if (findings.result.trades.length < 2 || profit <= 0 || best < profit) return null
  return `The best trade made ${money(best)} of a profit of ${money(profit)}: without it nothing is left.`
}

const costsEatEdge = (findings: Findings): string | null => {
  const share = costShare(findings)
  if (share === null || share <= COST_SHARE_LIMIT) return null
  return `Fees and slippage take ${percent(share)} of the profit before costs.`
}

const bandWiderThanProfit = (findings: Findings): string | null => {
  const { band } = findings.result
  const width = band.best - band.worst
  const profit = profitOf(findings)
  if (profit <= 0 || width <= profit) return null
  return `The order of prices inside ${band.ambiguousBars} bars decides over ${money(width)}, more than the profit of ${money(profit)}: use finer candles.`
}

const belowBuyAndHold = ({ metrics }: Findings): string | null => {
  const { totalReturn, buyAndHold } = metrics
  if (totalReturn === null || buyAndHold === null || totalReturn >= buyAndHold) return null
  return `Buying and holding returned ${percent(buyAndHold)}, the strategy ${percent(totalReturn)}.`
}

const RULES: Readonly<Record<RecommendationCode, (findings: Findings) => string | null>> = {
  NO_TRADES: noTrades,
  LOW_SAMPLE: lowSample,
  ENTRIES_DENIED: entriesDenied,
  ACCOUNT_BLOWN: accountBlown,
  ONE_TRADE_MAKES_PROFIT: oneTradeMakesProfit,
  COSTS_EAT_EDGE: costsEatEdge,
  BAND_WIDER_THAN_PROFIT: bandWiderThanProfit,
  BELOW_BUY_AND_HOLD: belowBuyAndHold,
}

/** Every rule that fires, in the order of the codes. */
export const recommend = (findings: Findings): readonly Recommendation[] =>
  RECOMMENDATION_CODES.flatMap((code) => {
    const text = RULES[code](findings)
    return text === null ? [] : [{ code, text }]
  })
