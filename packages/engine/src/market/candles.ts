/**
 * A series of bars as columns of equal length, strictly ascending in time. Columns may live in a SharedArrayBuffer.
 * `time` is the bar's open in epoch ms UTC; prices are in quote units, volume in base units.
 */
export interface Candles {
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export const CANDLE_COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const
export type CandleColumn = (typeof CANDLE_COLUMNS)[number]

/** The price or volume fields a rule or an indicator may read. */
export const SOURCE_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const
export type SourceField = (typeof SOURCE_FIELDS)[number]

/** Fresh zeroed columns for `bars` bars; shared ones can be handed to another thread without a copy. */
export const allocateCandles = (bars: number, options: { readonly shared: boolean }): Candles => {
  const bytes = bars * Float64Array.BYTES_PER_ELEMENT
  const column = () =>
    new Float64Array(options.shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))
  return { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
}

/** A view of rows [from, to) on the same memory. */
export const sliceCandles = (candles: Candles, from: number, to: number): Candles => ({
  time: candles.time.subarray(from, to),
  open: candles.open.subarray(from, to),
  high: candles.high.subarray(from, to),
  low: candles.low.subarray(from, to),
  close: candles.close.subarray(from, to),
  volume: candles.volume.subarray(from, to),
})
