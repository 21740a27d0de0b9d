import type { Findings, RecommendationRule } from './recommendation.ts'
import { losingHours, oneHourMakesProfit } from './recommendations-hours.ts'
import {
  belowBuyAndHold,
  costsEatEdge,
  oneHalfMakesProfit,
  oneMonthMakesProfit,
  oneTradeMakesProfit,
} from './recommendations-profit.ts'
import {
  accountBlown,
  bandWiderThanProfit,
  deepDrawdown,
  entriesDenied,
  unsettledEntries,
} from './recommendations-risk.ts'
import {
  hardlyInvested,
  lowSample,
  manyParameters,
  noTrades,
  uncertainSharpe,
} from './recommendations-sample.ts'

export const RECOMMENDATION_CODES = [
  'NO_TRADES',
  'LOW_SAMPLE',
  'ENTRIES_DENIED',
  'ACCOUNT_BLOWN',
  'ONE_TRADE_MAKES_PROFIT',
  'COSTS_EAT_EDGE',
  'BAND_WIDER_THAN_PROFIT',
  'BELOW_BUY_AND_HOLD',
  'DEEP_DRAWDOWN',
  'UNSETTLED_ENTRIES',
  'MANY_PARAMETERS',
  'UNCERTAIN_SHARPE',
  'ONE_MONTH_MAKES_PROFIT',
  'ONE_HALF_MAKES_PROFIT',
  'LOSING_HOURS',
  'ONE_HOUR_MAKES_PROFIT',
  'HARDLY_INVESTED',
] as const
export type RecommendationCode = (typeof RECOMMENDATION_CODES)[number]

/** Advice that a number of the result triggered. */
export interface Recommendation {
  readonly code: RecommendationCode
  /** One or two sentences with the number in them. */
  readonly text: string
  /** The number; null in results of versions that did not keep it. */
  readonly value: number | null
  /** What the number was held against. */
  readonly limit: number | null
}

const RULES: Readonly<Record<RecommendationCode, RecommendationRule>> = {
  NO_TRADES: noTrades,
  LOW_SAMPLE: lowSample,
  ENTRIES_DENIED: entriesDenied,
  ACCOUNT_BLOWN: accountBlown,
  ONE_TRADE_MAKES_PROFIT: oneTradeMakesProfit,
  COSTS_EAT_EDGE: costsEatEdge,
  BAND_WIDER_THAN_PROFIT: bandWiderThanProfit,
  BELOW_BUY_AND_HOLD: belowBuyAndHold,
  DEEP_DRAWDOWN: deepDrawdown,
  UNSETTLED_ENTRIES: unsettledEntries,
  MANY_PARAMETERS: manyParameters,
  UNCERTAIN_SHARPE: uncertainSharpe,
  ONE_MONTH_MAKES_PROFIT: oneMonthMakesProfit,
  ONE_HALF_MAKES_PROFIT: oneHalfMakesProfit,
  LOSING_HOURS: losingHours,
  ONE_HOUR_MAKES_PROFIT: oneHourMakesProfit,
  HARDLY_INVESTED: hardlyInvested,
}

/** Every rule that fires, in the order of the codes. */
export const recommend = (findings: Findings): readonly Recommendation[] =>
  RECOMMENDATION_CODES.flatMap((code) => {
    const fired = RULES[code](findings)
    return fired === null ? [] : [{ code, text: fired.text, value: fired.value, limit: fired.limit }]
  })
