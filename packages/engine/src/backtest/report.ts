import { barLengthMs, type Candles, sliceCandles } from '../market/index.ts'
import { backtestMetrics, type MetricReasons, type Metrics } from '../metrics/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import type { Program } from '../strategy/index.ts'
import { type Recommendation, recommend } from './recommendations.ts'
import { MIN_DAYS, MIN_TRADES } from './recommendations-sample.ts'
import { ENGINE_VERSION } from './revision.ts'
import type { BacktestResult, Band } from './run-backtest.ts'
import { type Trade, tradeRows } from './trade-rows.ts'

/** The public result of a backtest (contract section 5), keys in the contract's order. */
export interface BacktestReport {
  readonly engine: string
  readonly tradesSha256: string
  readonly bars: number
  readonly lowSample: boolean
  readonly trades: readonly Trade[]
  readonly finalEquity: number
  readonly band: Band
  readonly metrics: Metrics
  readonly metricReasons: MetricReasons
  readonly recommendations: readonly Recommendation[]
  /** [epoch ms of the bar's open, quote units at its close]. */
  readonly equity?: readonly (readonly [number, number])[]
}

export interface ReportInput {
  readonly result: BacktestResult
  /** The series that was run; rows beyond `result.bars` are not looked at. */
  readonly candles: Candles
  readonly config: BacktestConfig
  /** Lower-case hex of the SHA-256 of the text's UTF-8 bytes; the engine itself has no crypto. */
  readonly sha256: (text: string) => string
  readonly withEquity: boolean
  /** What was run; without it nothing is recommended about its parameters and its warm-up. */
  readonly program?: Program | undefined
  /** The trades as they are printed; without them those of `result`. */
  readonly rows?: readonly Trade[] | undefined
}

const DAY_MS = 86_400_000

const daysOf = ({ time }: Candles, bars: number): number =>
  bars === 0 ? 0 : (time[bars - 1]! - time[0]!) / DAY_MS

const metricsOf = ({ result, candles, config }: ReportInput) =>
  backtestMetrics({
    candles,
    equity: result.equity,
    trades: result.trades,
    initialCapital: config.initialCapital,
    firstTradableBar: result.firstTradableBar,
    riskFreeRate: config.riskFreeRate,
    periodsPerYear: config.periodsPerYear,
    openEntryIndex: result.openPosition?.entryIndex,
  })

const equityPairs = ({ result, candles }: ReportInput): [number, number][] =>
  Array.from(result.equity, (value, bar) => [candles.time[bar]!, value])

/** Puts a result into the public shape. `tradesSha256` covers the JSON text of `trades` exactly as printed. */
export const toBacktestReport = (whole: ReportInput): BacktestReport => {
  const { result, config } = whole
  const input = { ...whole, candles: sliceCandles(whole.candles, 0, result.bars) }
  const trades = input.rows ?? tradeRows(result.trades, input.candles)
  const { metrics, metricReasons } = metricsOf(input)
  const days = daysOf(input.candles, result.bars)
  const lowSample = result.trades.length < MIN_TRADES || days < MIN_DAYS
  const { initialCapital } = config
  return {
    engine: ENGINE_VERSION,
    tradesSha256: input.sha256(JSON.stringify(trades)),
    bars: result.bars,
    lowSample,
    trades,
    finalEquity: result.finalEquity,
    band: result.band,
    metrics,
    metricReasons,
    recommendations: recommend({
      result,
      metrics,
      initialCapital,
      time: input.candles.time,
      lowSample,
      days,
      program: input.program,
      barMs: barLengthMs(whole.candles),
    }),
    ...(input.withEquity ? { equity: equityPairs(input) } : {}),
  }
}
