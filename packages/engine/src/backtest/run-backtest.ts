import { type Candles, sliceCandles } from '../market/index.ts'
import type { TradeLog } from '../positions/index.ts'
import {
  createSeriesColumns,
  evaluateSignals,
  firstSignalBarOn,
  type FlagColumn,
  type Program,
  type SeriesColumns,
} from '../strategy/index.ts'
import type { DenialCode } from '../orders/index.ts'
import type { BacktestConfig, PaperPosition, PathMode } from '../paper/index.ts'
import { needsOrderLoop, runOrderLoop } from './order-loop.ts'
import { paperTradeLog } from './order-loop-trades.ts'
import { createSimulation, type Simulation } from './simulation.ts'
import { simulate } from './simulate.ts'

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

/** What one run over the series gives, besides the equity that it writes. */
interface Run {
  readonly trades: TradeLog
  readonly finalEquity: number
  readonly ambiguousBars: number
  readonly openPosition: OpenPosition | null
  readonly denied: Readonly<Record<DenialCode, number>>
  readonly blownAtBar: number | null
}

const finalOf = (equity: Float64Array, { initialCapital }: BacktestConfig): number =>
  equity[equity.length - 1] ?? initialCapital

/** Where no bar is ambiguous both paths fill alike at every bar, so one run stands for all. */
const bandOf = (run: Run, { path }: BacktestConfig, rerun: (path: PathMode) => Run): Band => {
  const worst = path === 'worst' ? run : rerun('worst')
  const { finalEquity, ambiguousBars } = worst
  if (ambiguousBars === 0) return { worst: finalEquity, best: finalEquity, ambiguousBars }
  const best = path === 'best' ? run : rerun('best')
  return { worst: finalEquity, best: best.finalEquity, ambiguousBars }
}

const openPositionOf = ({ position }: Simulation): OpenPosition | null => {
  const { side, entryIndex, entryPrice, quantity } = position
  return side === 0 ? null : { side: side > 0 ? 'long' : 'short', entryIndex, entryPrice, quantity }
}

interface RunInput extends Omit<BacktestInput, 'equity'> {
  readonly signals: FlagColumn
  readonly equity: Float64Array
}

/** Market entries on a spot account: at most one position, at most one stop and one target. */
const runPlain = (input: RunInput): Run => {
  const { program, config, signals, equity, series } = input
  const simulation = createSimulation({ candles: series.candles, signals, program, config, equity })
  simulate(simulation)
  const { recorder, ambiguousBars, denied, blownAtBar } = simulation
  return {
    trades: recorder.log(),
    finalEquity: finalOf(equity, config),
    ambiguousBars,
    openPosition: openPositionOf(simulation),
    denied,
    blownAtBar: blownAtBar < 0 ? null : blownAtBar,
  }
}

const runWithOrders = (input: RunInput): Run => {
  const { trades, account } = runOrderLoop(input)
  const { position, ambiguousBars, denied, blownAtBar } = account
  return {
    trades: paperTradeLog(trades),
    finalEquity: finalOf(input.equity, input.config),
    ambiguousBars,
    openPosition: position === null ? null : heldOf(position),
    denied,
    blownAtBar,
  }
}

const heldOf = ({ side, entryIndex, entryPrice, quantity }: PaperPosition): OpenPosition => ({
  side: side > 0 ? 'long' : 'short',
  entryIndex,
  entryPrice,
  quantity,
})

const hasLevels = ({ strategy: { stopLoss, takeProfit, trailingStop } }: Program): boolean =>
  stopLoss !== undefined || takeProfit !== undefined || trailingStop !== undefined

/** Runs a strategy over a series by the fill rules of BAR-1. Equal input gives equal output, to the last bit. */
export const runBacktest = (input: BacktestInput): BacktestResult => {
  const { program, config } = input
  const series = limitRows(input.series, config.rows)
  const { bars } = series
  const signals = evaluateSignals(program, series)
  silence(signals.bytes, config.signalsFromBar, bars)
  const isPlain = !needsOrderLoop(input)
  const runWith = (path: PathMode, equity: Float64Array): Run => {
    const { detail } = input
    const whole = { program, series, signals, config: { ...config, path }, equity, detail }
    return isPlain ? runPlain(whole) : runWithOrders(whole)
  }
  const equity = input.equity?.subarray(0, bars) ?? new Float64Array(bars)
  const { trades, finalEquity, ...run } = runWith(config.path, equity)
  const isClear = isPlain && !hasLevels(program)
  const band = isClear
    ? { worst: finalEquity, best: finalEquity, ambiguousBars: 0 }
    : bandOf({ trades, finalEquity, ...run }, config, (path) => runWith(path, new Float64Array(bars)))
  series.giveBackFlags(signals)
  return {
    bars,
    trades,
    equity,
    finalEquity,
    band,
    firstTradableBar: Math.min(Math.max(firstSignalBarOn(program, series), config.signalsFromBar) + 1, bars),
    openPosition: run.openPosition,
    denied: run.denied,
    blownAtBar: run.blownAtBar,
  }
}
