import type { DenialCode } from '../orders/index.ts'
import type { Candles } from '../market/index.ts'
import type { FlagColumn, Program } from '../strategy/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import { createGrid, createPriceGrid, type Grid, type PriceGrid } from '../paper/index.ts'
import { createTradeRecorder, type TradeRecorder } from './trade-recorder.ts'

/** What the next open has to do for an open position. */
export const NO_EXIT = 0
export const SIGNAL_EXIT = 1
export const REVERSE_EXIT = 2

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

/** Everything a run reads and changes. One object with fixed fields, so that the loops over it stay fast. */
export interface Simulation {
  readonly candles: Candles
  readonly bars: number
  /** ENTRY_… and EXIT_… bits of each bar; 0 where no signal is allowed. */
  readonly signals: FlagColumn
  readonly program: Program
  readonly config: BacktestConfig
  readonly prices: PriceGrid
  readonly quantities: Grid
  /** Marked equity at each close; written by the run. */
  readonly equity: Float64Array
  readonly recorder: TradeRecorder
  readonly denied: Record<DenialCode, number>
  readonly position: Position
  cash: number
  pendingExit: number
  /** 1 or -1: a market entry for the next open; 0 none. */
  pendingEntry: number
  /** Bars whose two paths gave different fills; counted in mode worst. */
  ambiguousBars: number
  /** The bar at whose close equity was zero or below; -1 while solvent. */
  blownAtBar: number
  /** Room for a bar and its two paths, so that a bar makes no object. */
  readonly walked: SignedBar
  readonly lowFirst: WalkOutcome
  readonly highFirst: WalkOutcome
}

const flatPosition = (): Position => ({
  side: 0,
  quantity: 0,
  entryIndex: -1,
  entryPrice: 0,
  entryFee: 0,
  entrySlippage: 0,
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
  signedPrice: 0,
  signedAnchor: 0,
  signedTrail: 0,
  signedLow: 0,
  signedHigh: 0,
})

export interface SimulationInput {
  readonly candles: Candles
  readonly signals: FlagColumn
  readonly program: Program
  readonly config: BacktestConfig
  readonly equity: Float64Array
}

export const createSimulation = (input: SimulationInput): Simulation => ({
  ...input,
  bars: input.candles.time.length,
  prices: createPriceGrid(input.config.priceTick),
  quantities: createGrid(input.config.quantityStep),
  recorder: createTradeRecorder(),
  denied: { ZERO_QUANTITY: 0, MIN_NOTIONAL: 0, INSUFFICIENT_CASH: 0, NO_STOP_DISTANCE: 0 },
  position: flatPosition(),
  cash: input.config.initialCapital,
  pendingExit: NO_EXIT,
  pendingEntry: 0,
  ambiguousBars: 0,
  blownAtBar: -1,
  walked: { open: 0, adverse: 0, favourable: 0, close: 0 },
  lowFirst: emptyOutcome(),
  highFirst: emptyOutcome(),
})
