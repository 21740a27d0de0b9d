/** Why a trade ended; the order is the encoding of `TradeLog.exitReason` and is append-only. */
export const EXIT_REASONS = [
  'signal',
  'reverse',
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'end_of_data',
  'liquidation',
  'time_exit',
] as const
export type ExitReason = (typeof EXIT_REASONS)[number]

/** One buy or sell of a trade that has more than two of them. Prices and fees are in quote units. */
export interface TradeFill {
  readonly leg: 'entry' | 'exit'
  readonly index: number
  readonly price: number
  readonly quantity: number
  readonly fee: number
  /** Of an exit. */
  readonly reason: ExitReason | null
}

/**
 * Round trips from flat to flat as columns; rows are ordered by exit bar, then entry bar. Only the first `length`
 * rows are meaningful. Money is in quote units, quantity in base units.
 */
export interface TradeLog {
  readonly length: number
  /** +1 long, -1 short. */
  readonly side: Int8Array
  readonly entryIndex: Int32Array
  readonly entryPrice: Float64Array
  readonly exitIndex: Int32Array
  readonly exitPrice: Float64Array
  readonly quantity: Float64Array
  /** All entry and exit fees together. */
  readonly fees: Float64Array
  /** Net of fees and funding. */
  readonly pnl: Float64Array
  /** pnl / (quantity * entryPrice). */
  readonly returnFraction: Float64Array
  /** Index into EXIT_REASONS. */
  readonly exitReason: Uint8Array
  /** 1 when the exit filled at a gapped open. */
  readonly gap: Uint8Array
  /** Quote units lost to slippage at both fills. */
  readonly slippageCost: Float64Array
  /** Worst and best excursion while open as a fraction of the entry price: mae <= 0 <= mfe. */
  readonly mae: Float64Array
  readonly mfe: Float64Array
  /** Funding paid (positive) or received while open, quote units; absent where none can accrue. */
  readonly funding?: Float64Array
  /** All fills of a row with several entries or exits, in their order; null for the others. */
  readonly fills?: readonly (readonly TradeFill[] | null)[]
}
