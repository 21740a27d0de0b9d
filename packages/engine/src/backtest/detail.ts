import { extremeRows, type RollingSharpe, rollingSharpe } from '../metrics/index.ts'
import type { PathMode } from '../paper/index.ts'
import { type LevelPaths, levelPaths } from './level-paths.ts'
import {
  type BacktestInput,
  type BacktestResult,
  limitRows,
  type OpenPosition,
  runBacktest,
} from './run-backtest.ts'
import { replayTrades } from './trade-replay.ts'
import { type TradeReason, tradeReasons } from './trade-reasons.ts'

/** The curves and excursions that every report draws beyond the public result. */
export interface CurveDetail {
  readonly firstTradableBar: number
  /** Rows at which the curves are drawn; they keep the extremes of all of them. */
  readonly curveRows: Int32Array<ArrayBuffer>
  /** Equity of the worst and the best path at `curveRows`, quote units; null where no bar is ambiguous. */
  readonly band: BandCurves | null
  /** Worst and best excursion of each trade as a fraction of its entry price: mae <= 0 <= mfe. */
  readonly mae: Float64Array<ArrayBuffer>
  readonly mfe: Float64Array<ArrayBuffer>
  readonly sharpe: RollingSharpe
}

/** What a tear sheet draws beyond the public result: rows of the series and values at them. */
export interface BacktestDetail extends CurveDetail {
  readonly openPosition: OpenPosition | null
  /** Why the first trades were entered and left; empty in results of earlier versions. */
  readonly reasons: readonly TradeReason[]
  /** Where their stops and targets stood; null in results of earlier versions. */
  readonly levels: LevelPaths | null
}

export interface BandCurves {
  readonly worst: Float64Array<ArrayBuffer>
  readonly best: Float64Array<ArrayBuffer>
}

/** Up to ten rows a bucket: fine enough for a screen, small enough for a page. */
export const CURVE_BUCKETS = 300
/** As many trades are explained as a report lists. */
const EXPLAINED_TRADES = 1000
const SHARPE_WINDOW_DAYS = 90
const SHORT_SHARPE_WINDOW_DAYS = 30
/** A window should pass over the curve a few times at least. */
const WINDOWS_IN_PERIOD = 4
const DAY_MS = 86_400_000

export const drawdownOf = (equity: Float64Array, initialCapital: number): Float64Array => {
  let peak = initialCapital
  return equity.map((value) => {
    if (value > peak) peak = value
    return value / peak - 1
  })
}

/** Days of a window of the rolling Sharpe ratio over the first `rows` rows. */
export const sharpeWindowDays = (time: Float64Array, rows: number): number => {
  const days = rows === 0 ? 0 : (time[rows - 1]! - time[0]!) / DAY_MS
  return days >= SHARPE_WINDOW_DAYS * WINDOWS_IN_PERIOD ? SHARPE_WINDOW_DAYS : SHORT_SHARPE_WINDOW_DAYS
}

/** The equity of the run whose path is `path`: this run, or the same one with another path. */
const equityOf = (path: PathMode, { input, result }: DetailInput): Float64Array =>
  input.config.path === path
    ? result.equity
    : runBacktest({ ...input, equity: undefined, config: { ...input.config, path } }).equity

export interface DetailInput {
  readonly input: BacktestInput
  /** What `runBacktest` made of it. */
  readonly result: BacktestResult
}

/** Runs the worst and the best path once more where they differ, and the run itself: as much as up to three backtests. */
export const backtestDetail = (whole: DetailInput): BacktestDetail => {
  const { input, result } = whole
  const { bars, equity, trades, firstTradableBar } = result
  const { config } = input
  const { time, close } = input.series.candles
  const isAmbiguous = result.band.ambiguousBars > 0
  const full = isAmbiguous ? [equityOf('worst', whole), equityOf('best', whole)] : []
  const columns = [equity, drawdownOf(equity, config.initialCapital), close, ...full]
  const curveRows = extremeRows(columns, bars, CURVE_BUCKETS)
  const [worst, best] = full.map((column) => Float64Array.from(curveRows, (row) => column[row]!))
  const curve = { time, equity, from: firstTradableBar, to: bars, startEquity: config.initialCapital }
  const series = limitRows(input.series, config.rows)
  const replayed = replayTrades(input, EXPLAINED_TRADES)
  const explained = { trades, replayed, count: Math.min(trades.length, EXPLAINED_TRADES) }
  return {
    firstTradableBar,
    curveRows,
    band: worst === undefined || best === undefined ? null : { worst, best },
    mae: Float64Array.from(trades.mae.subarray(0, trades.length)),
    mfe: Float64Array.from(trades.mfe.subarray(0, trades.length)),
    sharpe: rollingSharpe(curve, sharpeWindowDays(time, bars), config),
    openPosition: result.openPosition,
    reasons: tradeReasons({ ...explained, program: input.program, series }),
    levels: levelPaths(explained),
  }
}
