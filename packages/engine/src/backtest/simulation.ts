import type { DenialCode } from '../orders/index.ts'
import type { Candles } from '../market/index.ts'
import type { EquityCurve } from '../metrics/index.ts'
import type { Program, RuleCursors } from '../strategy/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import { createGrid, createPriceGrid, type Grid, type PriceGrid } from '../paper/index.ts'
import type { BarExtremes } from './bar-extremes.ts'
import type { Exit } from './exits.ts'
import type { TradeRecorder } from './trade-recorder.ts'
import type { Trips } from './trips.ts'

/**
 * The open position. Prices named `signed…` are price * side, so that up is always better: a short is a long in the
 * mirror, and every rule is written once.
 */
export interface Position {
  /** 1 long, -1 short, 0 flat. */
  side: number
  quantity: number
  entryIndex: number
  entryPrice: number
  entryFee: number
  /** Quote units lost to slippage at the entry. */
  entrySlippage: number
  /** -Infinity without a stop. */
  signedStop: number
  /** Infinity without a target. */
  signedTarget: number
  /** The signed price from which the target counts as filled: at it (touch) or beyond it (through). */
  signedReach: number
  /** The signed price at which trailing starts; Infinity without trailing, -Infinity once it runs. */
  signedActivation: number
  /** Running extreme since activation. */
  signedAnchor: number
  /** The trailing stop; -Infinity until activation. */
  signedTrail: number
  /** Signed extremes of the price path since the entry, for MAE and MFE. */
  signedLow: number
  signedHigh: number
}

/** Where a path through a bar has led. */
export interface WalkOutcome {
  /** SURVIVES or one of the fills of `walk.ts`. */
  fill: number
  /** The fill came at the open, from a stop that was armed there. */
  gap: boolean
  /** Where the path stands; after a fill the level that filled, before slippage. */
  signedPrice: number
  signedAnchor: number
  signedTrail: number
  signedLow: number
  signedHigh: number
}

/** The four prices of a bar, signed: `adverse` is the low of a long and the high of a short. */
export interface SignedBar {
  open: number
  adverse: number
  favourable: number
  close: number
}

/** Where the marked equity of the bars goes, each bar once and in order: written, measured, or both null. */
export interface Marks {
  /** One element a bar. */
  readonly equity: Float64Array | null
  readonly curve: EquityCurve | null
}

/** Everything a run reads and changes. One object with fixed fields, so that the loops over it stay fast. */
export interface Simulation {
  readonly candles: Candles
  /** Null where the series is run once. */
  readonly extremes: BarExtremes | null
  readonly bars: number
  /** It never signals; what is still held leaves there. */
  readonly lastBar: number
  /** They end at the last bar. */
  readonly rules: RuleCursors
  readonly program: Program
  readonly config: BacktestConfig
  readonly prices: PriceGrid
  readonly quantities: Grid
  /** The size of the entry before, which fixed sizing takes again: flooring to the step needs divisions. */
  readonly lastSize: { wanted: number; quantity: number }
  readonly marks: Marks
  /** Null where nobody asks for the trades. */
  readonly recorder: TradeRecorder | null
  readonly denied: Record<DenialCode, number>
  readonly position: Position
  /** The bar at hand; those before it are marked. */
  bar: number
  cash: number
  /** What the next open has to do for an open position. */
  pendingExit: Exit | null
  /** 1 or -1: a market entry for the next open; 0 none. */
  pendingEntry: number
  /** Bars whose two paths gave different fills; counted in mode worst. */
  ambiguousBars: number
  /** The bar at whose close equity was zero or below; -1 while solvent. */
  blownAtBar: number
  /** Where round trips are planned; no run leaves anything in it that another reads. */
  readonly trips: Trips
  /** Room for a bar and its two paths, so that a bar makes no object. */
  readonly walked: SignedBar
  readonly lowFirst: WalkOutcome
  readonly highFirst: WalkOutcome
}

/** Doubles from the start, so that no field changes its kind of number during a run. */
const flatPosition = (): Position => ({
  side: 0,
  quantity: Number.NaN,
  entryIndex: -1,
  entryPrice: Number.NaN,
  entryFee: Number.NaN,
  entrySlippage: Number.NaN,
  signedStop: -Infinity,
  signedTarget: Infinity,
  signedReach: Infinity,
  signedActivation: Infinity,
  signedAnchor: -Infinity,
  signedTrail: -Infinity,
  signedLow: Infinity,
  signedHigh: -Infinity,
})

const emptyOutcome = (): WalkOutcome => ({
  fill: 0,
  gap: false,
  signedPrice: Number.NaN,
  signedAnchor: Number.NaN,
  signedTrail: Number.NaN,
  signedLow: Number.NaN,
  signedHigh: Number.NaN,
})

export type SimulationInput = Pick<
  Simulation,
  'candles' | 'extremes' | 'rules' | 'program' | 'config' | 'marks' | 'recorder' | 'trips'
>

export const createSimulation = (input: SimulationInput): Simulation => {
  const { candles, extremes, rules, program, config, marks, recorder, trips } = input
  const bars = candles.time.length
  return {
    candles,
    extremes,
    bars,
    lastBar: bars - 1,
    rules,
    program,
    config,
    prices: createPriceGrid(config.priceTick),
    quantities: createGrid(config.quantityStep),
    lastSize: { wanted: Number.NaN, quantity: Number.NaN },
    marks,
    recorder,
    denied: { ZERO_QUANTITY: 0, MIN_NOTIONAL: 0, INSUFFICIENT_CASH: 0, NO_STOP_DISTANCE: 0 },
    position: flatPosition(),
    bar: 0,
    cash: config.initialCapital,
    pendingExit: null,
    pendingEntry: 0,
    ambiguousBars: 0,
    blownAtBar: -1,
    trips,
    walked: { open: Number.NaN, adverse: Number.NaN, favourable: Number.NaN, close: Number.NaN },
    lowFirst: emptyOutcome(),
    highFirst: emptyOutcome(),
  }
}
