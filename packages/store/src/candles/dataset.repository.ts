import { barOpenAt, type Candles, findGaps, type GapReport } from '@botcriptofy/engine/market'
import type { Db, OpenDatabase } from '../database/index.ts'
import { barLengthOf } from './candle-input.ts'
import { combineMonths, digestMonths, type MonthDigest } from './digest.ts'
import { loadCandles, type TimeRange } from './load.ts'
import { findMonths } from './month.repository.ts'
import type { Series } from './series.repository.ts'

export interface Dataset extends TimeRange {
  readonly digest: string
  readonly bars: number
}

/**
 * Digest of the bars in a range, for pinning it. Whole months cost a row each; at most two partial months are read.
 * An open end becomes that of the bars stored now. Undefined when the range holds no bar.
 */
export const findDataset = async (
  db: Db,
  series: Pick<Series, 'id' | 'timeframe'>,
  range: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
): Promise<Dataset | undefined> => {
  const all = await findMonths(db, series.id)
  const [first, last] = [all[0], all.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const fromMs = range.fromMs ?? first.firstMs
  const toMs = range.toMs ?? last.lastMs + barLengthOf(series.timeframe)
  const months: MonthDigest[] = []
  for (const month of all) {
    if (month.lastMs < fromMs || month.firstMs >= toMs) continue
    const isWhole = month.firstMs >= fromMs && month.lastMs < toMs
    if (isWhole) months.push(month)
    else months.push(...(await digestPart(db, series.id, { month, fromMs, toMs })))
  }
  if (months.length === 0) return undefined
  return {
    digest: combineMonths(months),
    bars: months.reduce((sum, { bars }) => sum + bars, 0),
    fromMs,
    toMs,
  }
}

/** Where the last bar ends that may open before `toMs`, epoch ms. */
export const endOfBars = (timeframe: string, toMs: number): number => {
  const barMs = barLengthOf(timeframe)
  return barOpenAt(toMs - 1, barMs) + barMs
}

const digestPart = async (
  db: Db,
  seriesId: string,
  { month, fromMs, toMs }: TimeRange & { readonly month: MonthDigest },
): Promise<readonly MonthDigest[]> => {
  const range = { fromMs: Math.max(fromMs, month.firstMs), toMs: Math.min(toMs, month.lastMs + 1) }
  return digestMonths(columnsOf(await readCandles(db, seriesId, { ...range, limit: month.bars })))
}

export interface CandleRow {
  readonly timestamp: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Bars of a range, oldest first, for a page; the next page starts one ms after the last bar. */
export const readCandles = async (
  db: Db,
  seriesId: string,
  { fromMs, toMs, limit }: TimeRange & { readonly limit: number },
): Promise<readonly CandleRow[]> =>
  db
    .selectFrom('candle')
    .select(['open_ms as timestamp', 'open', 'high', 'low', 'close', 'volume'])
    .where('series_id', '=', seriesId)
    .where('open_ms', '>=', fromMs)
    .where('open_ms', '<', toMs)
    .orderBy('open_ms')
    .limit(limit)
    .execute()

const columnsOf = (rows: readonly CandleRow[]): Candles => ({
  time: Float64Array.from(rows, ({ timestamp }) => timestamp),
  open: Float64Array.from(rows, ({ open }) => open),
  high: Float64Array.from(rows, ({ high }) => high),
  low: Float64Array.from(rows, ({ low }) => low),
  close: Float64Array.from(rows, ({ close }) => close),
  volume: Float64Array.from(rows, ({ volume }) => volume),
})

/** Holes of a stored series within a range. */
export const findSeriesGaps = async (
  open: Pick<OpenDatabase, 'pool'>,
  series: Series,
  range: TimeRange,
): Promise<GapReport> => findGaps(await loadCandles(open, series.id, range), barLengthOf(series.timeframe))
