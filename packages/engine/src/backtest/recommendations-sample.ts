import { counted, type Findings, percent, type RecommendationRule } from './recommendation.ts'

/** The least that `lowSample` asks for. */
export const MIN_TRADES = 10
export const MIN_DAYS = 14
/** Trades for each number of a strategy, below which a search finds a fit in anything. */
const TRADES_A_PARAMETER = 10
/** What is usually asked of a probability before it counts as evidence. */
const MIN_PSR = 0.95
/** Below this share of the time the daily returns are mostly zeros. */
const MIN_EXPOSURE = 0.02

export const noTrades: RecommendationRule = ({ result }) => {
  if (result.trades.length > 0 || result.openPosition !== null) return null
  return { value: 0, limit: 1, text: `No trade in ${result.bars} bars: the rules never led to a fill.` }
}

export const lowSample: RecommendationRule = (findings) => {
  const { days } = findings
  const trades = findings.result.trades.length
  if (!findings.lowSample || trades === 0) return null
  const [value, limit] = trades < MIN_TRADES ? [trades, MIN_TRADES] : [days, MIN_DAYS]
  const text = `${counted(trades, 'trade')} in ${days.toFixed(1)} days are too few to tell skill from luck (${MIN_TRADES} and ${MIN_DAYS} are the least).`
  return { value, limit, text }
}

/** Numbers in a part of a strategy, which may be deeper than the stack. */
const countNumbers = (part: object): number => {
  const parts: unknown[] = [part]
  let count = 0
  while (parts.length > 0) {
    const next = parts.pop()
    if (typeof next === 'number') count++
    else if (typeof next === 'object' && next !== null)
      for (const member of Object.values(next)) parts.push(member)
  }
  return count
}

/** Numbers that somebody or something may have tuned; capital and sizing decide nothing about when to trade. */
const parametersOf = ({ program }: Findings): number => {
  if (program === undefined) return 0
  const { name: _name, version: _version, sizing: _sizing, ...tunable } = program.strategy
  return countNumbers(tunable)
}

export const manyParameters: RecommendationRule = (findings) => {
  const trades = findings.result.trades.length
  const parameters = parametersOf(findings)
  if (parameters === 0 || trades < MIN_TRADES || trades / parameters >= TRADES_A_PARAMETER) return null
  const value = trades / parameters
  const text = `${trades} trades for ${counted(parameters, 'number')} in the rules are ${value.toFixed(1)} each (at least ${TRADES_A_PARAMETER} are wanted): with so many numbers a good result can be found in anything.`
  return { value, limit: TRADES_A_PARAMETER, text }
}

export const uncertainSharpe: RecommendationRule = ({ result }) => {
  const { psr, sharpe } = result.metrics
  if (psr === null || sharpe === null || sharpe <= 0 || psr >= MIN_PSR) return null
  const text = `The Sharpe ratio of ${sharpe.toFixed(2)} is above zero with a probability of ${percent(psr)} only (${percent(MIN_PSR)} is the usual demand), before any search over parameters.`
  return { value: psr, limit: MIN_PSR, text }
}

export const hardlyInvested: RecommendationRule = ({ result }) => {
  const { exposureTime } = result.metrics
  if (exposureTime === null || result.trades.length === 0 || exposureTime >= MIN_EXPOSURE) return null
  const text = `A position was open for ${percent(exposureTime)} of the time (${percent(MIN_EXPOSURE)} is little): ratios of daily returns say hardly anything.`
  return { value: exposureTime, limit: MIN_EXPOSURE, text }
}
