import type { BackfillPayload, candleJobs } from '@botcriptofy/contracts/candles'
import type { Handlers, JobContext } from '@botcriptofy/contracts/job'
import { marketId, TAPE_TIMEFRAME } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { ArchiveMetrics } from '@botcriptofy/runtime/metrics'
import { TryLater } from '@botcriptofy/runtime/queue'
import { endBackfill, findHoles, importCandles, type TimeRange } from '@botcriptofy/store/candles'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { markJobDone } from '@botcriptofy/store/outbox'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { columnsOf } from './candle-columns.ts'
import type { VenueHistory } from './venue-history.ts'

export interface BackfillDeps {
  readonly database: OpenDatabase
  readonly history: VenueHistory
  readonly metrics: ArchiveMetrics
  readonly log: Log
}

/** Fills holes of the archive with what the venues still have. */
export const backfillHandlers = (deps: BackfillDeps): Handlers<typeof candleJobs> => ({
  'candles.backfill': async (hole, context) => {
    try {
      return await backfill(deps, hole, context)
    } catch (error) {
      throw isDatabaseAway(error) ? new TryLater('Postgres is away', { cause: error }) : error
    }
  },
})

const backfill = async (deps: BackfillDeps, hole: BackfillPayload, context: JobContext) => {
  const { database, metrics, log } = deps
  const { fromMs, toMs, seriesId } = hole
  const series = { id: seriesId, timeframe: TAPE_TIMEFRAME }
  const missing = () => findHoles(database, series, { fromMs, toMs })
  let inserted = 0
  // What an earlier try stored is not asked for again.
  for (const part of await missing()) inserted += await fill(deps, { hole, part, signal: context.signal })
  const left = await missing()
  const missingBars = left.reduce((sum, part) => sum + (part.toMs - part.fromMs) / 60_000, 0)
  if (await endBackfill(database.db, { seriesId, fromMs, toMs, outboxId: context.outboxId })) {
    metrics.missing.inc(missingBars)
    const facts = { market: marketId(hole), fromMs, toMs, inserted, missingBars }
    if (missingBars === 0) log.info(facts, 'a hole was filled')
    else log.warn(facts, 'a hole could not be filled: the venue has no such candles')
  }
  return { inserted, missingBars }
}

/** The newest come first, as many as one call gives, and each page is stored before the next is asked for. */
const fill = async (
  { database, history, metrics }: BackfillDeps,
  of: { readonly hole: BackfillPayload; readonly part: TimeRange; readonly signal: AbortSignal },
): Promise<number> => {
  const { hole, part, signal } = of
  const { venue, symbol, isSimulated } = hole
  const target = { owner: 'shared', venue, symbol, timeframe: TAPE_TIMEFRAME, isSimulated } as const
  let inserted = 0
  for (let toMs = part.toMs; toMs > part.fromMs;) {
    const page = await history.fetchPage({ venue, symbol, isSimulated }, { ...part, toMs }, signal)
    const [oldest] = page
    if (oldest === undefined) break
    inserted += (await importCandles(database, target, columnsOf(page))).inserted
    toMs = oldest.openTimeMs
  }
  metrics.backfilled.inc(inserted)
  return inserted
}

/** A hole that could not be filled for good stays one; nobody waits for it. */
export const giveUpBackfill =
  ({ db }: OpenDatabase, log: Log) =>
  async (job: { readonly id: string; readonly payload: unknown }, reason: string): Promise<void> => {
    await markJobDone(db, job.id)
    log.error({ hole: job.payload, reason }, 'a hole of the archive stays: its backfill failed')
  }
