import { type Candles, sliceCandles } from '../market/index.ts'
import type { DenialCounts } from '../orders/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import type { TradeLog } from '../positions/index.ts'
import { createSeriesColumns, firstSignalBarOn, type Program, type SeriesColumns } from '../strategy/index.ts'
import { needsOrderLoop } from './order-loop.ts'
import { createOrderRunner } from './order-run.ts'
import { runPlain } from './plain-run.ts'
import { type Band, bandOf, type OpenPosition, type Run } from './run.ts'
import { createTradeRecorder } from './trade-recorder.ts'
import { createTrips } from './trips.ts'

export type { Band, OpenPosition } from './run.ts'

export interface BacktestInput {
  readonly program: Program
  /** Keep one for many runs on the same candles: indicators are then computed once. */
  readonly series: SeriesColumns
  readonly config: BacktestConfig
  /** Receives the equity when given; one element a bar used. */
  readonly equity?: Float64Array | undefined
  /**
   * Finer candles that the bars are made of: fills then happen in them, decisions stay at the closes of the bars. Each
   * bar needs some, with its open, high, low and close; see `detailMismatch`.
   */
  readonly detail?: Candles | undefined
}

export interface BacktestResult {
  readonly bars: number
  readonly trades: TradeLog
  /** Quote units at each close, marked to market, the exit fee of an open position not reserved. */
  readonly equity: Float64Array
  /** The last equity point; the initial capital without bars. */
  readonly finalEquity: number
  readonly band: Band
  /** First bar at which a fill can happen; `bars` when there is none. What comes before is warm-up. */
  readonly firstTradableBar: number
  readonly openPosition: OpenPosition | null
  /** Entries that were refused, by reason. */
  readonly denied: Readonly<DenialCounts>
  /** The bar at whose close the account was worth nothing; null while solvent. */
  readonly blownAtBar: number | null
}

/** The first `rows` bars of a series; all of them when null. */
export const limitRows = (series: SeriesColumns, rows: number | null): SeriesColumns =>
  rows === null || rows >= series.bars
    ? series
    : createSeriesColumns(sliceCandles(series.candles, 0, rows), { barMs: series.barMs })

/** First bar at which a fill can happen; the number of bars when there is none. */
export const firstTradableBarOf = (program: Program, series: SeriesColumns, config: BacktestConfig): number =>
  Math.min(Math.max(firstSignalBarOn(program, series), config.signalsFromBar) + 1, series.bars)

type Outcome = Run & { readonly band: Band }

const runWithOrders = (input: BacktestInput, series: SeriesColumns, equity: Float64Array): Outcome => {
  const { program, config, detail } = input
  const { run, release } = createOrderRunner({ program, series, config, detail })
  const first = run(config.path, equity)
  const band = bandOf(first, config.path, (path) => run(path, new Float64Array(series.bars)))
  release()
  return { ...first, band }
}

/** Runs a strategy over a series by the fill rules of BAR-1. Equal input gives equal output, to the last bit. */
export const runBacktest = (input: BacktestInput): BacktestResult => {
  const { program, config } = input
  const series = limitRows(input.series, config.rows)
  const { bars } = series
  const equity = input.equity?.subarray(0, bars) ?? new Float64Array(bars)
  const { ambiguousBars: _, ...outcome } = needsOrderLoop(input)
    ? runWithOrders(input, series, equity)
    : runPlain({
        program,
        series,
        config,
        marks: { equity, curve: null },
        recorder: createTradeRecorder(bars),
        extremes: null,
        trips: createTrips(),
      })
  return { bars, equity, firstTradableBar: firstTradableBarOf(program, series, config), ...outcome }
}
