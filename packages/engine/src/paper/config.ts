import type { RiskLimits } from '../risk/index.ts'

export const PATH_MODES = ['worst', 'best', 'ohlc', 'olhc', 'adaptive', 'stop_first'] as const
export type PathMode = (typeof PATH_MODES)[number]

/** Contract section 5, after defaults. Rates are fractions of notional; money is in quote units. */
export interface BacktestConfig {
  readonly initialCapital: number
  readonly feeRate: number
  readonly slippageRate: number
  readonly fillAt: 'next_open'
  readonly path: PathMode
  readonly limitTouch: 'through' | 'touch'
  readonly protectFrom: 'fill_price' | 'signal_close'
  readonly limitGap: 'at_limit' | 'at_open'
  readonly quantityStep: number
  readonly priceTick: number | null
  readonly minNotional: number | null
  readonly signalsFromBar: number
  readonly endOfData: 'last_close' | 'last_open' | 'leave_open'
  readonly rows: number | null
  readonly riskFreeRate: number
  readonly periodsPerYear: number
  /** Fee of a fill that rested as a limit; null: `feeRate`, which is what takers pay. */
  readonly makerFeeRate: number | null
  /** Most of a bar's volume that may fill, a fraction; null: no cap. */
  readonly participation: number | null
  /** What an entry does with the part a bar could not fill: `rest` for later bars, or `drop` it. */
  readonly remainder: 'rest' | 'drop'
  /** Bars between a decision and the first open at which its order may fill, beyond the next one. */
  readonly latencyBars: number
  /** Notional over margin of an isolated position; null: a spot account, without liquidation by margin. */
  readonly leverage: number | null
  /** Part of the notional below which the margin may not fall. */
  readonly maintenanceMarginRate: number
  /** What a long pays a short at each funding time, a fraction of the notional. */
  readonly fundingRate: number
  readonly fundingIntervalMs: number
  /** Historic funding as [epoch ms, rate], ascending; replaces the constant rate. */
  readonly fundingRates: readonly (readonly [number, number])[] | null
  /** When entries are refused for the sake of the account; null: never. */
  readonly risk: RiskLimits | null
}

export const DEFAULT_BACKTEST_CONFIG: BacktestConfig = {
  initialCapital: 10000,
  feeRate: 0.001,
  slippageRate: 0.0005,
  fillAt: 'next_open',
  path: 'worst',
  limitTouch: 'through',
  protectFrom: 'fill_price',
  limitGap: 'at_limit',
  quantityStep: 1e-8,
  priceTick: null,
  minNotional: null,
  signalsFromBar: 0,
  endOfData: 'last_close',
  rows: null,
  riskFreeRate: 0,
  periodsPerYear: 365,
  makerFeeRate: null,
  participation: null,
  remainder: 'rest',
  latencyBars: 0,
  leverage: null,
  maintenanceMarginRate: 0.005,
  fundingRate: 0,
  fundingIntervalMs: 28_800_000,
  fundingRates: null,
  risk: null,
}
