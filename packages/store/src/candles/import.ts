import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from 'kysely'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { invariant } from '@botcriptofy/engine/kernel'
import { type Candles, findGaps, firstBarAt, sliceCandles } from '@botcriptofy/engine/market'
import type { OpenDatabase } from '../database/index.ts'
import { barLengthOf, refuseForeignBars, refuseLongerBars } from './candle-input.ts'
import { encodeRows } from './copy-format.ts'
import { type CopyTransaction, withCopyTransaction } from './copy-transaction.ts'
import { combineMonths, digestMonths } from './digest.ts'
import { copyOut } from './load.ts'
import { mergeCandles } from './merge.ts'
import { monthStartMs, nextMonthMs } from './month.ts'
import { findMonths, saveMonths } from './month.repository.ts'
import { ensurePartitions } from './partitions.ts'
import { lockSeries, type SeriesKey, type SeriesOwner } from './series.repository.ts'

export interface ImportTarget extends SeriesKey {
  readonly owner: SeriesOwner
  readonly isSimulated: boolean
}

export interface ImportResult {
  readonly seriesId: string
  readonly inserted: number
  /** Bars that were there with other numbers and were replaced. */
  readonly updated: number
  /** Bars that were there with the same numbers. */
  readonly duplicates: number
  /** Holes between the first and the last bar of this import, in what is stored now. */
  readonly gaps: number
  readonly missingBars: number
  readonly fromMs: number
  /** Open of the last bar plus its length. */
  readonly toMs: number
  /** Of the whole series as it is now. */
  readonly digest: string
}

/**
 * Stores bars of one series in one transaction: all or none. Bars that differ from stored ones replace them. Throws
 * `BadCandles` for bars that are none of the timeframe, `SeriesKindMismatch` for simulated bars over real ones.
 */
export const importCandles = async (
  open: Pick<OpenDatabase, 'pool'>,
  target: ImportTarget,
  candles: Candles,
): Promise<ImportResult> => withCopyTransaction(open, (copy) => importCandlesIn(copy, target, candles))

/** The same inside the caller's transaction, for callers that store something with it. */
export const importCandlesIn = async (
  copy: CopyTransaction,
  target: ImportTarget,
  candles: Candles,
): Promise<ImportResult> => {
  refuseForeignBars(candles, target.timeframe)
  const { id: seriesId } = await lockSeries(copy.tx, target.owner, target)
  const given = digestMonths(candles)
  const fromMs = candles.time[0]!
  const lastMs = candles.time[candles.time.length - 1]!
  const before = await findMonths(copy.tx, seriesId)
  const isFresh = !given.some(({ monthMs }) => before.some((month) => month.monthMs === monthMs))
  const merge = isFresh
    ? { added: candles, changed: sliceCandles(candles, 0, 0), merged: candles }
    : mergeCandles(await readWholeMonths(copy.client, seriesId, { fromMs, lastMs }), candles)
  const { time } = merge.merged
  const spanned = sliceCandles(merge.merged, firstBarAt(time, fromMs), firstBarAt(time, lastMs + 1))
  // Bars that fill the holes of a series are far apart as well, but replace none.
  const judged = merge.changed.time.length > 0 ? candles : spanned
  refuseLongerBars(judged, target.timeframe)
  await ensurePartitions(
    copy.tx,
    given.map(({ monthMs }) => monthMs),
  )
  await insertBars(copy, seriesId, merge.added)
  await updateBars(copy, seriesId, merge.changed)
  await saveMonths(copy.tx, seriesId, digestMonths(merge.merged))

  const inserted = merge.added.time.length
  const updated = merge.changed.time.length
  const barMs = barLengthOf(target.timeframe)
  const { gaps, missing } = findGaps(spanned, barMs)
  return {
    seriesId,
    inserted,
    updated,
    duplicates: candles.time.length - inserted - updated,
    gaps: gaps.length,
    missingBars: missing,
    fromMs,
    toMs: lastMs + barMs,
    digest: combineMonths(await findMonths(copy.tx, seriesId)),
  }
}

/** What is stored of every month that the import touches; the series' lock keeps it from changing meanwhile. */
const readWholeMonths = async (
  client: pg.ClientBase,
  seriesId: string,
  { fromMs, lastMs }: { readonly fromMs: number; readonly lastMs: number },
): Promise<Candles> =>
  copyOut(client, seriesId, { fromMs: monthStartMs(fromMs), toMs: nextMonthMs(lastMs), shared: false })

const insertBars = async (copy: CopyTransaction, seriesId: string, candles: Candles): Promise<void> => {
  if (candles.time.length > 0) await copyIn(copy, 'candle', { seriesId, candles })
}

const updateBars = async (copy: CopyTransaction, seriesId: string, candles: Candles): Promise<void> => {
  const { tx } = copy
  const [firstMs, lastMs] = [candles.time[0], candles.time[candles.time.length - 1]]
  if (firstMs === undefined || lastMs === undefined) return
  await sql`create temporary table candle_staging (
    series_id uuid, open_ms bigint, open float8, high float8, low float8, close float8, volume float8
  ) on commit drop`.execute(tx)
  await copyIn(copy, 'candle_staging', { seriesId, candles })
  await sql`analyze candle_staging`.execute(tx)
  // The bounds let the planner leave out the partitions of other months.
  const result = await sql`
    update candle c set open = s.open, high = s.high, low = s.low, close = s.close, volume = s.volume
    from candle_staging s
    where c.series_id = ${seriesId} and c.open_ms between ${firstMs} and ${lastMs} and c.open_ms = s.open_ms`.execute(
    tx,
  )
  await sql`drop table candle_staging`.execute(tx)
  invariant(
    Number(result.numAffectedRows ?? 0n) === candles.time.length,
    `every bar that differs replaces one (${candles.time.length}), ${result.numAffectedRows} were`,
  )
}

const copyIn = async (
  { client }: CopyTransaction,
  table: 'candle' | 'candle_staging',
  { seriesId, candles }: { readonly seriesId: string; readonly candles: Candles },
): Promise<void> => {
  const rows = client.query(
    copyFrom(`copy ${table} (series_id, open_ms, open, high, low, close, volume) from stdin (format binary)`),
  )
  await pipeline(Readable.from(encodeRows(seriesId, candles)), rows)
}
