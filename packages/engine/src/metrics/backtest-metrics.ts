import { invariant } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import type { TradeLog } from '../positions/index.ts'
import { benchmarkMetrics } from './benchmark.ts'
import { collectMetrics } from './collect.ts'
import { dailyCurve, dailyReturns } from './daily.ts'
import { cutWhereBlown, type EquitySeries, meanEquity } from './equity-series.ts'
import { exposureTime, tradedNotional } from './exposure.ts'
import { METRIC_KEYS, type MetricReasons, type Metrics } from './keys.ts'
import type { Measured } from './reasons.ts'
import { type DailyView, dailyViewOf, elapsedDays, type Rates, seriesMetrics } from './series-metrics.ts'
import { tradeResults } from './trade-results.ts'
import { tradeShape } from './trade-shape.ts'

export interface BacktestMetricsInput extends Rates {
  readonly candles: Candles
  /** Quote units per bar, marked to market at the close, net of fees; as long as the candles. */
  readonly equity: Float64Array
  /** Indexes refer to `candles`. */
  readonly trades: TradeLog
  /** E_0 = D_0, quote units. */
  readonly initialCapital: number
  /** Index of the first bar that may fill; the series starts there, warm-up is left out. */
  readonly firstTradableBar: number
  /** Entry bar of a position left open at the end, so that it counts as exposure. */
  readonly openEntryIndex?: number | undefined
}

/** First tradable open to last close; a fraction, without fees. */
const buyAndHold = ({ open, close }: Candles, from: number): Measured =>
  from >= close.length ? 'NO_BARS' : (close[close.length - 1] as number) / (open[from] as number) - 1

const benchmarkOf = (input: BacktestMetricsInput, series: EquitySeries, view: DailyView) => {
  const { candles, firstTradableBar: from, periodsPerYear } = input
  if (series.to > from && series.equity[series.to - 1] === 0) {
    return { beta: 'BLOWN_ACCOUNT', alphaAnn: 'BLOWN_ACCOUNT' } as const
  }
  const start = candles.open[from] ?? 1
  const held = dailyCurve({
    time: candles.time,
    values: candles.close,
    from,
    to: series.to,
    start,
    startsOn: 'day_before',
  })
  return benchmarkMetrics({ ...view, benchmark: dailyReturns(held), periodsPerYear })
}

/** Traded notional over mean equity, a year of 365 days. */
const turnover = (trades: TradeLog, series: EquitySeries): Measured => {
  const years = elapsedDays(series) / 365
  return years === 0 ? 'TOO_FEW_DAYS' : tradedNotional(trades) / meanEquity(series) / years
}

/**
 * All metrics of contract §5. Fractions are fractions (0.02 = 2 %, the `…Pct` keys too), durations ms, money quote
 * units, ratios annualised with A = `periodsPerYear`, days UTC days of the bars' opens. What is undefined is null
 * and `metricReasons` has its code. Where equity reaches zero the series ends with a return of -100 %. Formulas:
 * the functions beside this file. Throws on equity that is not a number.
 */
export const backtestMetrics = (
  input: BacktestMetricsInput,
): { metrics: Metrics; metricReasons: MetricReasons } => {
  const { candles, equity, trades, initialCapital, firstTradableBar } = input
  const { time } = candles
  invariant(equity.length === time.length, `equity has ${equity.length} rows for ${time.length} bars`)
  invariant(initialCapital > 0, `the initial capital must be positive, was ${initialCapital}`)
  const series = cutWhereBlown({
    time,
    equity,
    from: firstTradableBar,
    to: time.length,
    startEquity: initialCapital,
  })
  const view = dailyViewOf(series, 'day_before')
  return collectMetrics(METRIC_KEYS, {
    ...seriesMetrics(series, view, input),
    exposureTime: exposureTime({
      trades,
      time,
      from: firstTradableBar,
      openEntryIndex: input.openEntryIndex ?? null,
    }),
    ...tradeResults(trades),
    ...tradeShape(trades, time),
    turnover: turnover(trades, series),
    buyAndHold: buyAndHold(candles, firstTradableBar),
    ...benchmarkOf(input, series, view),
  })
}
