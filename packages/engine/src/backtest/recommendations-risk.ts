import { RISK_DENIAL_CODES } from '../orders/index.ts'
import { settledFrom } from '../strategy/index.ts'
import { counted, money, percent, profitOf, type RecommendationRule } from './recommendation.ts'

/** A loss from the peak that most people do not sit out; it takes +43 % to come back from it. */
const MAX_DRAWDOWN = 0.3

const isRisk = (code: string): boolean => RISK_DENIAL_CODES.some((risk) => risk === code)

/** What to look at: the size of the entries, or the limits that were set for the account. */
const deniedAdvice = (codes: readonly string[]): string => {
  const limits = 'the risk limits kept them out'
  const sizes = 'check sizing, step and minimum notional against the capital'
  if (codes.every(isRisk)) return limits
  return codes.some(isRisk) ? `${limits}, or ${sizes}` : sizes
}

export const entriesDenied: RecommendationRule = ({ result }) => {
  const parts = Object.entries(result.denied).filter(([, count]) => count > 0)
  if (parts.length === 0) return null
  const counts = parts.map(([code, count]) => `${count} × ${code}`).join(', ')
  return {
    value: parts.reduce((sum, [, count]) => sum + count, 0),
    limit: 0,
    text: `Entries were refused (${counts}): ${deniedAdvice(parts.map(([code]) => code))}.`,
  }
}

export const accountBlown: RecommendationRule = ({ result }) =>
  result.blownAtBar === null
    ? null
    : {
        value: result.finalEquity,
        limit: 0,
        text: `The account was worth nothing at the close of bar ${result.blownAtBar}.`,
      }

export const deepDrawdown: RecommendationRule = ({ result }) => {
  const depth = -(result.metrics.maxDrawdown ?? 0)
  if (depth <= MAX_DRAWDOWN || result.blownAtBar !== null) return null
  const text = `The account fell by ${percent(depth)} from a peak (${percent(MAX_DRAWDOWN)} is the limit): it takes ${percent(depth / (1 - depth))} to come back.`
  return { value: depth, limit: MAX_DRAWDOWN, text }
}

export const bandWiderThanProfit: RecommendationRule = (findings) => {
  const { band } = findings.result
  const width = band.best - band.worst
  const profit = profitOf(findings)
  if (profit <= 0 || width <= profit) return null
  const text = `The order of prices inside ${counted(band.ambiguousBars, 'bar')} decides over ${money(width)}, more than the profit of ${money(profit)}: use finer candles.`
  return { value: width / profit, limit: 1, text }
}

/** An entry at a bar was decided at the close before it, or earlier. */
export const unsettledEntries: RecommendationRule = ({ result: { trades }, program, barMs }) => {
  const settled = program === undefined ? 0 : settledFrom(program, barMs)
  let count = 0
  for (let i = 0; i < trades.length; i++) if (trades.entryIndex[i]! <= settled) count++
  if (settled === 0 || count === 0) return null
  const were = count === 1 ? 'was' : 'were'
  const text = `${counted(count, 'trade')} ${were} entered on signals before bar ${settled}, while indicators still remember where the candles start: set signalsFromBar to ${settled}, or load as much history before (botcriptofy check warmup measures how much it takes).`
  return { value: count, limit: 0, text }
}
