import { createHash } from 'node:crypto'
import { CANDLE_COLUMNS, type Candles, firstBarAt, sliceCandles } from '@botcriptofy/engine/market'
import { sha256Hex } from '../database/index.ts'
import { monthStartMs, nextMonthMs } from './month.ts'

/** What is known of the bars of one UTC month: enough to tell whether any of them changed. */
export interface MonthDigest {
  readonly monthMs: number
  readonly bars: number
  readonly firstMs: number
  readonly lastMs: number
  /** Over the columns time, open, high, low, close, volume, one after the other, as little-endian float64. */
  readonly sha256: string
}

/** Splits the bars by UTC month and digests each; months without bars do not appear. */
export const digestMonths = (candles: Candles): readonly MonthDigest[] => {
  const { time } = candles
  const months: MonthDigest[] = []
  for (let from = 0; from < time.length;) {
    const firstMs = time[from]!
    const to = firstBarAt(time, nextMonthMs(firstMs))
    months.push({
      monthMs: monthStartMs(firstMs),
      bars: to - from,
      firstMs,
      lastMs: time[to - 1]!,
      sha256: sha256OfBars(sliceCandles(candles, from, to)),
    })
    from = to
  }
  return months
}

/** Every machine this runs on is little-endian, so the columns are hashed where they lie. */
const sha256OfBars = (candles: Candles): string => {
  const hash = createHash('sha256')
  for (const name of CANDLE_COLUMNS) {
    const column = candles[name]
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return hash.digest('hex')
}

/** Digest of a dataset: it depends on its bars alone, not on how or in what order they were imported. */
export const combineMonths = (months: readonly MonthDigest[]): string =>
  sha256Hex(months.map(({ monthMs, bars, sha256 }) => `${monthMs} ${bars} ${sha256}\n`).join(''))

export const digestCandles = (candles: Candles): string => combineMonths(digestMonths(candles))

/** Digest of the datasets of a portfolio: of each symbol and its bars, in the order of priority. */
export const combineDatasets = (
  members: readonly { readonly symbol: string; readonly digest: string }[],
): string => sha256Hex(members.map(({ symbol, digest }) => `${symbol} ${digest}\n`).join(''))
