import { returnsBy } from '../metrics/index.ts'
import { type Findings, money, percent, profitOf, type RecommendationRule } from './recommendation.ts'

/** Costs above this share of the profit before costs mean that the edge mostly pays the venue. */
const MAX_COST_SHARE = 0.5
/** One month may bring this share of all growth. */
const MAX_MONTH_SHARE = 0.8
/** With fewer, one month has to be most of it. */
const MIN_MONTHS = 4
/** Halves of a shorter test are no test. */
const MIN_HALF_DAYS = 30

const bestPnl = ({ result }: Findings): number => {
  let best = -Infinity
  for (let i = 0; i < result.trades.length; i++) best = Math.max(best, result.trades.pnl[i]!)
  return best
}

export const oneTradeMakesProfit: RecommendationRule = (findings) => {
  const profit = profitOf(findings)
  const best = bestPnl(findings)
  if (findings.result.trades.length < 2 || profit <= 0 || best < profit) return null
  const text = `The best trade made ${money(best)} of a profit of ${money(profit)}: without it nothing is left.`
  return { value: best / profit, limit: 1, text }
}

export const costsEatEdge: RecommendationRule = ({ result: { trades } }) => {
  let costs = 0
  let gross = 0
  for (let i = 0; i < trades.length; i++) {
    const cost = trades.fees[i]! + trades.slippageCost[i]!
    costs += cost
    gross += trades.pnl[i]! + cost
  }
  const share = gross > 0 ? costs / gross : 0
  if (share <= MAX_COST_SHARE) return null
  // Next to no profit the share is any number, and says less than the two amounts.
  const text =
    share > 1
      ? `Fees and slippage of ${money(costs)} are more than the profit before costs of ${money(gross)}: nothing is left of it.`
      : `Fees and slippage take ${percent(share)} of the profit before costs (${percent(MAX_COST_SHARE)} is the limit).`
  return { value: share, limit: MAX_COST_SHARE, text }
}

export const belowBuyAndHold: RecommendationRule = ({ result }) => {
  const { totalReturn, buyAndHold } = result.metrics
  if (totalReturn === null || buyAndHold === null || totalReturn >= buyAndHold) return null
  const text = `Buying and holding returned ${percent(buyAndHold)}, the strategy ${percent(totalReturn)}.`
  return { value: totalReturn, limit: buyAndHold, text }
}

export const oneMonthMakesProfit: RecommendationRule = (findings) => {
  if (profitOf(findings) <= 0) return null
  const { result, initialCapital } = findings
  const months = returnsBy('month', result.curve)
  if (months.length < MIN_MONTHS) return null
  const best = months.reduce((a, b) => (b.returnFraction > a.returnFraction ? b : a))
  const growth = Math.log(result.finalEquity / initialCapital)
  const share = Math.log1p(best.returnFraction) / growth
  if (share <= MAX_MONTH_SHARE) return null
  const name = new Date(best.fromMs).toISOString().slice(0, 7)
  const grew = `${name} alone grew the account by ${percent(best.returnFraction)}`
  const text =
    share > 1
      ? `${grew}, more than all ${months.length} months together (${percent(result.finalEquity / initialCapital - 1)}): without it nothing is left.`
      : `${grew}, ${percent(share)} of the growth of ${months.length} months (${percent(MAX_MONTH_SHARE)} is the limit).`
  return { value: share, limit: MAX_MONTH_SHARE, text }
}

/**
 * The halves are whole UTC days from the first that could trade, and meet at a day's end; of an odd number of days the
 * second half has one more.
 */
export const oneHalfMakesProfit: RecommendationRule = (findings) => {
  const { result, initialCapital, days } = findings
  if (findings.lowSample || profitOf(findings) <= 0 || days < 2 * MIN_HALF_DAYS) return null
  const { daily } = result.curve
  const middle = daily[Math.floor((daily.length - 1) / 2)]!
  const [first, second] = [middle / initialCapital - 1, result.finalEquity / middle - 1]
  const value = Math.min(first, second)
  if (value > 0) return null
  const name = first < second ? 'first' : 'second'
  const text = `The ${name} half of the time returned ${percent(value)} of ${percent(profitOf(findings) / initialCapital)} in all: what made the profit did not hold throughout.`
  return { value, limit: 0, text }
}
