/** The markets of the benchmark, as Binance names them. */
export const NATIVES = Array.from({ length: 20 }, (_, at) => `B${String(at).padStart(2, '0')}USDT`)
export const SYMBOLS = NATIVES.map((native) => `${native.slice(0, -4)}/USDT`)

/** What the source is asked to send, round robin over the markets; as fast as it is taken where no pace is given. */
export interface SourceOrder {
  readonly count: number
  readonly perSecond?: number
}
