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
}
