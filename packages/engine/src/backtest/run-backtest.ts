import { sliceCandles } from '../market/index.ts'
import type { TradeLog } from '../positions/index.ts'
import {
  createSeriesColumns,
  evaluateSignals,
  firstSignalBarOn,
  type Program,
  type SeriesColumns,
} from '../strategy/index.ts'
import type { DenialCode } from '../orders/index.ts'
import type { BacktestConfig, PathMode } from '../paper/index.ts'
import { createSimulation, type Simulation } from './simulation.ts'
import { simulate } from './simulate.ts'

export interface BacktestInput {
  readonly program: Program
  /** Keep one for many runs on the same candles: indicators are then computed once. */
  readonly series: SeriesColumns
  readonly config: BacktestConfig
  /** Receives the equity when given; one element a bar used. */
  readonly equity?: Float64Array | undefined
}

/** Final equity over the two paths of every bar, in quote units. */
export interface Band {
  readonly worst: number
  readonly best: number
  /** Bars of the worst run where the two paths give different fills. */
  readonly ambiguousBars: number
}

export interface OpenPosition {
  readonly side: 'long' | 'short'
  readonly entryIndex: number
  readonly entryPrice: number
  readonly quantity: number
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
  readonly denied: Readonly<Record<DenialCode, number>>
  /** The bar at whose close the account was worth nothing; null while solvent. */
  readonly blownAtBar: number | null
}

const limitRows = (series: SeriesColumns, rows: number | null): SeriesColumns =>
  rows === null || rows >= series.bars
    ? series
    : createSeriesColumns(sliceCandles(series.candles, 0, rows), { barMs: series.barMs })

/** Bars before `signalsFromBar`, the last bar and what pads the column give no signal. */
const silence = (signals: Uint8Array, signalsFromBar: number, bars: number): void => {
  signals.fill(0, 0, signalsFromBar)
  signals.fill(0, Math.max(0, bars - 1))
}

const finalOf = ({ equity, bars, config }: Simulation): number =>
  bars === 0 ? config.initialCapital : equity[bars - 1]!

/** Where no bar is ambiguous both paths fill alike at every bar, so one run stands for all. */
const bandOf = (run: Simulation, rerun: (path: PathMode) => Simulation): Band => {
  const { stopLoss, takeProfit, trailingStop } = run.program.strategy
  if (stopLoss === undefined && takeProfit === undefined && trailingStop === undefined) {
    return { worst: finalOf(run), best: finalOf(run), ambiguousBars: 0 }
  }
  const worst = run.config.path === 'worst' ? run : rerun('worst')
  if (worst.ambiguousBars === 0) return { worst: finalOf(worst), best: finalOf(worst), ambiguousBars: 0 }
  const best = run.config.path === 'best' ? run : rerun('best')
  return { worst: finalOf(worst), best: finalOf(best), ambiguousBars: worst.ambiguousBars }
}

const openPositionOf = ({ position }: Simulation): OpenPosition | null => {
  const { side, entryIndex, entryPrice, quantity } = position
  return side === 0 ? null : { side: side > 0 ? 'long' : 'short', entryIndex, entryPrice, quantity }
}

/** Runs a strategy over a series by the fill rules of BAR-1. Equal input gives equal output, to the last bit. */
export const runBacktest = (input: BacktestInput): BacktestResult => {
  const { program, config } = input
  const series = limitRows(input.series, config.rows)
  const { candles, bars } = series
  const signals = evaluateSignals(program, series)
  silence(signals.bytes, config.signalsFromBar, bars)
  const runWith = (path: PathMode, equity: Float64Array): Simulation => {
    const simulation = createSimulation({ candles, signals, program, config: { ...config, path }, equity })
    simulate(simulation)
    return simulation
  }
  const equity = input.equity?.subarray(0, bars) ?? new Float64Array(bars)
  const run = runWith(config.path, equity)
  const band = bandOf(run, (path) => runWith(path, new Float64Array(bars)))
  series.giveBackFlags(signals)
  return {
    bars,
    trades: run.recorder.log(),
    equity,
    finalEquity: finalOf(run),
    band,
    firstTradableBar: Math.min(Math.max(firstSignalBarOn(program, series), config.signalsFromBar) + 1, bars),
    openPosition: openPositionOf(run),
    denied: run.denied,
    blownAtBar: run.blownAtBar < 0 ? null : run.blownAtBar,
  }
}
