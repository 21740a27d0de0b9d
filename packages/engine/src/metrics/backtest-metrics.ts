import { invariant } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import type { TradeLog } from '../positions/index.ts'
import { benchmarkMetrics } from './benchmark.ts'
import { collectMetrics } from './collect.ts'
import { type DailyCurve, dailyReturns, sampleDaily } from './daily.ts'
import { exposureTime, tradedNotional } from './exposure.ts'
import { METRIC_KEYS, type MetricReasons, type Metrics } from './keys.ts'
import type { Measured } from './reasons.ts'
import { analyseCurve, type AnalysedCurve, type Rates, seriesMetrics } from './series-metrics.ts'
import { tradeResults } from './trade-results.ts'
import { tradeShape } from './trade-shape.ts'

interface RunFacts extends Rates {
  readonly candles: Candles
  /** Indexes refer to `candles`. */
  readonly trades: TradeLog
  /** Index of the first bar that may fill; the series starts there, warm-up is left out. */
  readonly firstTradableBar: number
  /** Entry bar of a position left open at the end, so that it counts as exposure. */
  readonly openEntryIndex?: number | undefined
}

export interface BacktestMetricsInput extends RunFacts {
  /** Quote units per bar, marked to market at the close, net of fees; as long as the candles. */
  readonly equity: Float64Array
  /** E_0 = D_0, quote units. */
  readonly initialCapital: number
}

export interface MeasuredRunInput extends RunFacts {
  /** Equity that was measured while it was made. */
  readonly curve: AnalysedCurve
}

export interface BacktestMetrics {
  readonly metrics: Metrics
  readonly metricReasons: MetricReasons
  /** What calendar periods are read from; a blown account ends it with 0. */
  readonly curve: DailyCurve
}

/** First tradable open to last close; a fraction, without fees. */
const buyAndHold = ({ open, close }: Candles, from: number): Measured =>
  from >= close.length ? 'NO_BARS' : (close[close.length - 1] as number) / (open[from] as number) - 1

const benchmarkOf = (input: MeasuredRunInput) => {
  const { candles, firstTradableBar, periodsPerYear, curve } = input
  if (curve.isBlown) return { beta: 'BLOWN_ACCOUNT', alphaAnn: 'BLOWN_ACCOUNT' } as const
  const held = sampleDaily(candles.close, curve.dayEnds, candles.open[firstTradableBar] ?? 1)
  return benchmarkMetrics({ ...curve, benchmark: dailyReturns(held), periodsPerYear })
}

/** Traded notional over mean equity, a year of 365 days. */
const turnover = (trades: TradeLog, { walk, days }: AnalysedCurve): Measured =>
  days === 0 ? 'TOO_FEW_DAYS' : (tradedNotional(trades) / walk.meanEquity / days) * 365

/** All metrics of contract §5 from a curve; as `backtestMetrics`. */
export const measuredMetrics = (input: MeasuredRunInput): BacktestMetrics => {
  const { candles, trades, firstTradableBar, curve } = input
  const { time } = candles
  const { firstDay, daily } = curve
  const others = {
    exposureTime: exposureTime({
      trades,
      time,
      from: firstTradableBar,
      openEntryIndex: input.openEntryIndex ?? null,
    }),
    turnover: turnover(trades, curve),
    buyAndHold: buyAndHold(candles, firstTradableBar),
    ...benchmarkOf(input),
  }
  // Spreading this many keys takes ten times as long.
  const values = Object.assign(
    seriesMetrics(curve, input),
    others,
    tradeResults(trades),
    tradeShape(trades, time),
  )
  const collected = collectMetrics(METRIC_KEYS, values)
  return { ...collected, curve: { firstDay, daily } }
}

/**
 * All metrics of contract §5. Fractions are fractions (0.02 = 2 %, the `…Pct` keys too), durations ms, money quote
 * units, ratios annualised with A = `periodsPerYear`, days UTC days of the bars' opens. What is undefined is null
 * and `metricReasons` has its code. Where equity reaches zero the series ends with a return of -100 %. Formulas:
 * the functions beside this file. Throws on equity that is not a number.
 */
export const backtestMetrics = (input: BacktestMetricsInput): BacktestMetrics => {
  const { candles, equity, initialCapital, firstTradableBar } = input
  const { time } = candles
  invariant(equity.length === time.length, `equity has ${equity.length} rows for ${time.length} bars`)
  invariant(initialCapital > 0, `the initial capital must be positive, was ${initialCapital}`)
  const curve = analyseCurve(
    { time, equity, from: firstTradableBar, to: time.length, startEquity: initialCapital },
    'day_before',
  )
  return measuredMetrics({ ...input, curve })
}
