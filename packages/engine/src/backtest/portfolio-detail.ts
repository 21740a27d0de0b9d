import { extremeRows, type PeriodicTables, periodicTables, rollingSharpe } from '../metrics/index.ts'
import type { DenialCounts } from '../orders/index.ts'
import type { BacktestConfig, PathMode } from '../paper/index.ts'
import { CURVE_BUCKETS, type CurveDetail, drawdownOf, sharpeWindowDays } from './detail.ts'
import { type PortfolioInput, type PortfolioResult, runPortfolio } from './portfolio.ts'
import { basketCandles } from './portfolio-report.ts'
import type { OpenPosition } from './run.ts'
import type { Trade } from './trade-rows.ts'

/** What the report of a portfolio draws beyond the public result; rows are places in the times of the portfolio. */
export interface PortfolioDetail extends CurveDetail {
  /** Equity of holding the basket at `curveRows`, quote units; NaN before the first tradable open. */
  readonly held: Float64Array<ArrayBuffer>
  /** In the order of priority. */
  readonly members: readonly MemberDetail[]
}

export interface MemberDetail {
  /** Of the member's own bars; the number of bars when there is none. */
  readonly firstTradableBar: number
  readonly ambiguousBars: number
  readonly openPosition: OpenPosition | null
  /** Entries of this symbol that were refused, by reason. */
  readonly denied: Readonly<DenialCounts>
}

interface DetailInput {
  readonly input: PortfolioInput
  /** What `runPortfolio` made of it. */
  readonly result: PortfolioResult
}

const equityOf = (path: PathMode, { input, result }: DetailInput): Float64Array =>
  input.config.path === path
    ? result.equity
    : runPortfolio({ ...input, config: { ...input.config, path } }).equity

const heldOf = (result: PortfolioResult, initialCapital: number): Float64Array => {
  const { firstTradableBar } = result
  const { open, close } = basketCandles(result)
  const start = open[firstTradableBar] ?? Number.NaN
  return close.map((price, row) => (row < firstTradableBar ? Number.NaN : (initialCapital * price) / start))
}

/** Runs the worst and the best path once more where they differ, as `backtestDetail` does. */
export const portfolioDetail = (whole: DetailInput): PortfolioDetail => {
  const { input, result } = whole
  const { time, equity, trades, firstTradableBar } = result
  const { config } = input
  const rows = time.length
  const full = result.band.ambiguousBars > 0 ? [equityOf('worst', whole), equityOf('best', whole)] : []
  const held = heldOf(result, config.initialCapital)
  const columns = [equity, drawdownOf(equity, config.initialCapital), held, ...full]
  const curveRows = extremeRows(columns, rows, CURVE_BUCKETS)
  const at = (column: Float64Array) => Float64Array.from(curveRows, (row) => column[row]!)
  const [worst, best] = full.map(at)
  const curve = { time, equity, from: firstTradableBar, to: rows, startEquity: config.initialCapital }
  return {
    firstTradableBar,
    curveRows,
    held: at(held),
    band: worst === undefined || best === undefined ? null : { worst, best },
    mae: Float64Array.from(trades, ({ trade }) => trade.mae),
    mfe: Float64Array.from(trades, ({ trade }) => trade.mfe),
    sharpe: rollingSharpe(curve, sharpeWindowDays(time, rows), config),
    members: result.members.map(({ firstTradableBar: first, ambiguousBars, openPosition, denied }) => ({
      firstTradableBar: first,
      ambiguousBars,
      openPosition,
      denied,
    })),
  }
}

export interface PortfolioPeriodsInput {
  readonly result: PortfolioResult
  readonly config: BacktestConfig
  /** Its trades as rows. */
  readonly trades: readonly Trade[]
}

/** Returns by calendar period and results by the hour of entry of a portfolio. */
export const portfolioPeriods = ({ result, config, trades }: PortfolioPeriodsInput): PeriodicTables => {
  const { time, equity, firstTradableBar } = result
  return periodicTables({ time, equity, initialCapital: config.initialCapital, firstTradableBar, trades })
}
