import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from 'kysely'
import { from as copyFrom } from 'pg-copy-streams'
import { type Candles, findGaps, sliceCandles } from '@botcriptofy/engine/market'
import type { OpenDatabase } from '../database/index.ts'
import { barLengthOf, refuseForeignBars } from './candle-input.ts'
import { encodeRows } from './copy-format.ts'
import { type CopyTransaction, withCopyTransaction } from './copy-transaction.ts'
import { combineMonths, digestMonths, firstBarAt } from './digest.ts'
import { copyOut } from './load.ts'
import { nextMonthMs } from './month.ts'
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
  await ensurePartitions(
    copy.tx,
    given.map(({ monthMs }) => monthMs),
  )
  const before = await findMonths(copy.tx, seriesId)
  const isFresh = !given.some(({ monthMs }) => before.some((month) => month.monthMs === monthMs))
  const counts = isFresh
    ? await insertFresh(copy, seriesId, candles)
    : await mergeStaged(copy, seriesId, candles)

  const fromMs = candles.time[0]!
  const lastMs = candles.time[candles.time.length - 1]!
  const stored = isFresh
    ? candles
    : await copyOut(copy.client, seriesId, {
        fromMs: given[0]!.monthMs,
        toMs: nextMonthMs(lastMs),
        shared: false,
      })
  await saveMonths(copy.tx, seriesId, isFresh ? given : digestMonths(stored))
  const barMs = barLengthOf(target.timeframe)
  const { gaps, missing } = findGaps(
    sliceCandles(stored, firstBarAt(stored.time, fromMs), firstBarAt(stored.time, lastMs + 1)),
    barMs,
  )
  return {
    seriesId,
    ...counts,
    gaps: gaps.length,
    missingBars: missing,
    fromMs,
    toMs: lastMs + barMs,
    digest: combineMonths(await findMonths(copy.tx, seriesId)),
  }
}

type Counts = Pick<ImportResult, 'inserted' | 'updated' | 'duplicates'>

/** The series has no bar in any of these months, so the rows go straight in. */
const insertFresh = async (copy: CopyTransaction, seriesId: string, candles: Candles): Promise<Counts> => {
  await copyIn(copy, 'candle', { seriesId, candles })
  return { inserted: candles.time.length, updated: 0, duplicates: 0 }
}

const mergeStaged = async (copy: CopyTransaction, seriesId: string, candles: Candles): Promise<Counts> => {
  const { tx } = copy
  await sql`create temporary table candle_staging (
    series_id uuid, open_ms bigint, open float8, high float8, low float8, close float8, volume float8
  ) on commit drop`.execute(tx)
  await copyIn(copy, 'candle_staging', { seriesId, candles })
  await sql`analyze candle_staging`.execute(tx)
  const range = sql`c.series_id = ${seriesId} and c.open_ms between ${candles.time[0]!}
    and ${candles.time[candles.time.length - 1]!} and c.open_ms = s.open_ms`
  const differs = sql`(c.open, c.high, c.low, c.close, c.volume)
    is distinct from (s.open, s.high, s.low, s.close, s.volume)`
  const updated = await sql`
    update candle c set open = s.open, high = s.high, low = s.low, close = s.close, volume = s.volume
    from candle_staging s where ${range} and ${differs}`.execute(tx)
  const inserted = await sql`
    insert into candle (series_id, open_ms, open, high, low, close, volume)
    select s.series_id, s.open_ms, s.open, s.high, s.low, s.close, s.volume from candle_staging s
    where not exists (select from candle c where ${range})`.execute(tx)
  await sql`drop table candle_staging`.execute(tx)
  const counts = { inserted: affected(inserted), updated: affected(updated) }
  return { ...counts, duplicates: candles.time.length - counts.inserted - counts.updated }
}

const affected = (result: { readonly numAffectedRows?: bigint }): number =>
  Number(result.numAffectedRows ?? 0n)

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
