import { type Candles, findGaps, firstBarAt, sliceCandles } from '@botcriptofy/engine/market'
import { sql } from 'kysely'
import type { Db, OpenDatabase } from '../database/index.ts'
import { claimEffect } from '../effect/index.ts'
import { insertJobs, markJobDone } from '../outbox/index.ts'
import { barLengthOf } from './candle-input.ts'
import { withCopyTransaction } from './copy-transaction.ts'
import { importCandlesIn } from './import.ts'
import { loadCandles, type TimeRange } from './load.ts'
import { findMonths } from './month.repository.ts'
import { lockSeries, type SeriesKey } from './series.repository.ts'

/** Of a longer hole only the newest part is fetched; who wants years of minutes imports them. */
const LONGEST_BACKFILL_MS = 31 * 86_400_000

export interface SharedEnd {
  readonly venue: string
  readonly symbol: string
  readonly isSimulated: boolean
  /** Open of the last bar, epoch ms. */
  readonly lastMs: number
}

/** Where the shared series of a timeframe end. */
export const findSharedEnds = async (db: Db, timeframe: string): Promise<readonly SharedEnd[]> => {
  const rows = await db
    .selectFrom('series')
    .innerJoin('series_month', 'series_month.series_id', 'series.id')
    .select(['venue', 'symbol', 'is_simulated'])
    .select(sql<number>`max(last_ms)`.as('last_ms'))
    .where('tenant_id', 'is', null)
    .where('timeframe', '=', timeframe)
    .groupBy(['venue', 'symbol', 'is_simulated'])
    .execute()
  return rows.map(({ venue, symbol, is_simulated: isSimulated, last_ms: lastMs }) => {
    return { venue, symbol, isSimulated, lastMs }
  })
}

export interface ArchiveTarget extends SeriesKey {
  readonly isSimulated: boolean
}

export interface Archived {
  readonly inserted: number
  /** Each has a job that fills it. */
  readonly holes: readonly TimeRange[]
}

/**
 * Appends closed bars to a shared series: those behind its last one. What is stored decides where they begin, under the
 * series' lock, so any number of processes may append the same bars. Every hole that the new bars leave gets its job in
 * the same transaction. Throws as `importCandles`.
 */
export const archiveCandles = async (
  open: Pick<OpenDatabase, 'pool'>,
  target: ArchiveTarget,
  candles: Candles,
): Promise<Archived> =>
  withCopyTransaction(open, async (copy) => {
    const { id } = await lockSeries(copy.tx, 'shared', target)
    const lastMs = (await findMonths(copy.tx, id)).at(-1)?.lastMs
    const from = lastMs === undefined ? 0 : firstBarAt(candles.time, lastMs + 1)
    const fresh = sliceCandles(candles, from, candles.time.length)
    if (fresh.time.length === 0) return { inserted: 0, holes: [] }
    const barMs = barLengthOf(target.timeframe)
    const { inserted } = await importCandlesIn(copy, { ...target, owner: 'shared' }, fresh)
    const holes = holesIn(fresh, lastMs, barMs)
    await insertBackfills(copy.tx, { seriesId: id, target }, holes)
    return { inserted, holes }
  })

const holesIn = (fresh: Candles, lastMs: number | undefined, barMs: number): readonly TimeRange[] => {
  const firstMs = fresh.time[0]!
  const before = lastMs === undefined ? [] : [{ fromMs: lastMs + barMs, toMs: firstMs }]
  return [...before.filter(({ fromMs, toMs }) => fromMs < toMs), ...findGaps(fresh, barMs).gaps].map(
    ({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, toMs - LONGEST_BACKFILL_MS), toMs }),
  )
}

const insertBackfills = (
  tx: Db,
  { seriesId, target }: { readonly seriesId: string; readonly target: ArchiveTarget },
  holes: readonly TimeRange[],
): Promise<void> => {
  const { venue, symbol, isSimulated } = target
  const jobs = holes.map((hole) => ({
    name: 'candles.backfill' as const,
    payload: { v: 1 as const, seriesId, venue, symbol, isSimulated, ...hole },
    subjectId: seriesId,
  }))
  return insertJobs(tx, 'shared', jobs)
}

/** The parts of a range without stored bars, oldest first. */
export const findHoles = async (
  open: Pick<OpenDatabase, 'pool'>,
  series: { readonly id: string; readonly timeframe: string },
  range: TimeRange,
): Promise<readonly TimeRange[]> => {
  const barMs = barLengthOf(series.timeframe)
  const { time } = await loadCandles(open, series.id, range)
  const starts = [range.fromMs, ...Array.from(time, (openMs) => openMs + barMs)]
  const ends = [...time, range.toMs]
  return starts.map((fromMs, at) => ({ fromMs, toMs: ends[at]! })).filter(({ fromMs, toMs }) => fromMs < toMs)
}

/** The hole was filled as far as it can be; false where another delivery said so before. */
export const endBackfill = async (
  db: Db,
  job: TimeRange & { readonly seriesId: string; readonly outboxId: string },
): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    await markJobDone(tx, job.outboxId)
    return claimEffect(tx, 'candles.backfill', `${job.seriesId} ${job.fromMs} ${job.toMs}`)
  })
