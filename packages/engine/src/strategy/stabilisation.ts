import { definitionOf } from '../indicators/index.ts'
import type { IndicatorPlan, Program } from './program.ts'

/** What an indicator says of its warm-up, as indexes of bars of the candles. */
export interface WarmupLengths {
  /** Bars of the candles in one bar of the indicator. */
  readonly ratio: number
  /** First bar with a value. */
  readonly lookback: number
  /** First bar with a settled value. */
  readonly published: number
}

/** Bar k of a higher timeframe is closed, and the partial one before the first forgotten, after this many bars. */
const inBars = (index: number, ratio: number): number => (ratio === 1 ? index : (index + 2) * ratio - 1)

/** With a higher timeframe an upper bound: how its bars lie over the candles is not looked at. */
export const warmupLengths = (indicator: IndicatorPlan, barMs: number | undefined): WarmupLengths => {
  const { timeframeMs, params } = indicator
  const definition = definitionOf(indicator)
  const ratio = timeframeMs === undefined || barMs === undefined ? 1 : timeframeMs / barMs
  return {
    ratio,
    lookback: inBars(definition.lookback(params), ratio),
    published: inBars(definition.stabilisation(params), ratio),
  }
}

/** First bar of the candles from which on every indicator says that it has settled. */
export const settledFrom = (program: Program, barMs: number | undefined): number =>
  Math.max(0, ...program.indicators.map((indicator) => warmupLengths(indicator, barMs).published))
