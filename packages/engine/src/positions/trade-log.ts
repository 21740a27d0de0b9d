/** Why a trade ended; the order is the encoding of `TradeLog.exitReason` and is append-only. */
export const EXIT_REASONS = [
  'signal',
  'reverse',
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'end_of_data',
  'liquidation',
] as const
export type ExitReason = (typeof EXIT_REASONS)[number]

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
  /** Entry and exit fee together. */
  readonly fees: Float64Array
  /** Net of both fees. */
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
}
