import { barLengthMs, type Candles, sliceCandles } from '../market/index.ts'
import { backtestMetrics, type MetricReasons, type Metrics } from '../metrics/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import type { Program } from '../strategy/index.ts'
import { type Recommendation, recommend } from './recommendations.ts'
import { MIN_DAYS, MIN_TRADES } from './recommendations-sample.ts'
import { ENGINE_VERSION } from './revision.ts'
import type { BacktestResult, Band } from './run-backtest.ts'
import type { MeasuredRun } from './sweep-runner.ts'
import { type Trade, tradeRows } from './trade-rows.ts'
import { createTradeText, type TradeText } from './trade-text.ts'

/** What a run comes to, without its trades and its equity. */
export interface BacktestSummary {
  readonly engine: string
  /** Of the JSON text of the trades as they are printed. */
  readonly tradesSha256: string
  readonly bars: number
  readonly lowSample: boolean
  readonly finalEquity: number
  readonly band: Band
  readonly metrics: Metrics
  readonly metricReasons: MetricReasons
  readonly recommendations: readonly Recommendation[]
}

/** The public result of a backtest (contract section 5), keys in the contract's order. */
export interface BacktestReport extends BacktestSummary {
  readonly trades: readonly Trade[]
  /** [epoch ms of the bar's open, quote units at its close]. */
  readonly equity?: readonly (readonly [number, number])[]
}

interface RunSource {
  /** The series that was run; rows beyond `result.bars` are not looked at. */
  readonly candles: Candles
  readonly config: BacktestConfig
  /** What was run; without it nothing is recommended about its parameters and its warm-up. */
  readonly program?: Program | undefined
}

export interface SummaryInput extends RunSource {
  readonly result: MeasuredRun
  /** Lower-case hex of the SHA-256 of all pieces together, strings as UTF-8; the engine itself has no crypto. */
  readonly sha256: (pieces: Iterable<string | Uint8Array>) => string
  /** Of the candles; kept by those who run many programs on them. */
  readonly tradeText?: TradeText | undefined
  /** Length of a bar; without it the smallest step between two candles. */
  readonly barMs?: number | undefined
}

export interface ReportInput extends RunSource {
  readonly result: BacktestResult
  /** Lower-case hex of the SHA-256 of the text's UTF-8 bytes. */
  readonly sha256: (text: string) => string
  readonly withEquity: boolean
  /** The trades as they are printed; without them those of `result`. */
  readonly rows?: readonly Trade[] | undefined
}

const DAY_MS = 86_400_000

const daysOf = ({ time }: Candles, bars: number): number =>
  bars === 0 ? 0 : (time[bars - 1]! - time[0]!) / DAY_MS

const measured = ({ result, candles, config }: ReportInput): MeasuredRun => {
  const { equity, ...run } = result
  const { initialCapital, riskFreeRate, periodsPerYear } = config
  const openEntryIndex = run.openPosition?.entryIndex
  const rates = { riskFreeRate, periodsPerYear }
  return { ...run, ...backtestMetrics({ ...run, ...rates, candles, equity, initialCapital, openEntryIndex }) }
}

const equityPairs = ({ result, candles }: ReportInput): [number, number][] =>
  Array.from(result.equity, (value, bar) => [candles.time[bar]!, value])

/** What a measured run comes to; every value is that of the same run's report. */
export const toBacktestSummary = (input: SummaryInput): BacktestSummary => {
  const { result, config, program, candles } = input
  const { bars, finalEquity, band, metrics, metricReasons } = result
  const days = daysOf(candles, bars)
  const tradeText = input.tradeText ?? createTradeText(candles)
  const lowSample = result.trades.length < MIN_TRADES || days < MIN_DAYS
  return {
    engine: ENGINE_VERSION,
    tradesSha256: input.sha256(tradeText(result.trades)),
    bars,
    lowSample,
    finalEquity,
    band,
    metrics,
    metricReasons,
    recommendations: recommend({
      result,
      initialCapital: config.initialCapital,
      time: candles.time.subarray(0, bars),
      lowSample,
      days,
      program,
      barMs: input.barMs ?? barLengthMs(candles),
    }),
  }
}

/** Puts a result into the public shape. `tradesSha256` covers the JSON text of `trades` exactly as printed. */
export const toBacktestReport = (whole: ReportInput): BacktestReport => {
  const { result, candles } = whole
  const input = { ...whole, candles: sliceCandles(candles, 0, result.bars) }
  const trades = input.rows ?? tradeRows(result.trades, candles)
  const sha256 = () => whole.sha256(JSON.stringify(trades))
  const summary = toBacktestSummary({ ...whole, result: measured(input), sha256 })
  const { engine, tradesSha256, bars, lowSample, ...rest } = summary
  return {
    engine,
    tradesSha256,
    bars,
    lowSample,
    trades,
    ...rest,
    ...(input.withEquity ? { equity: equityPairs(input) } : {}),
  }
}
