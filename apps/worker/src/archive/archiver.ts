import { marketId, TAPE_TIMEFRAME } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { ArchiveMetrics } from '@botcriptofy/runtime/metrics'
import type { Redis } from '@botcriptofy/runtime/redis'
import { readClosedCandles, readTapeEnds, type TapeEnd } from '@botcriptofy/runtime/stream'
import { archiveCandles, findSharedEnds, SeriesKindMismatch } from '@botcriptofy/store/candles'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { startLoop } from '../control/loop.ts'
import { columnsOf } from './candle-columns.ts'

export interface ArchiverOptions {
  readonly database: OpenDatabase
  readonly redis: Redis
  readonly intervalMs: number
  /** Also of markets that a simulator plays; their series can never hold real bars. */
  readonly archivesSimulated: boolean
  readonly metrics: ArchiveMetrics
  readonly log: Log
}

/**
 * Stores the closed candles of every tape in the shared series, behind what is stored already. Any number of processes may
 * run it: the tape keeps a day, the series says where it goes on.
 */
export const startArchiver = (options: ArchiverOptions) =>
  startLoop({ name: 'archiver', intervalMs: options.intervalMs, log: options.log }, () => archive(options))

/** One turn: every market whose tape goes on behind its series. */
export const archive = async (options: ArchiverOptions): Promise<void> => {
  const { redis, database, log } = options
  // What is asked of a connection that never was would wait for it.
  if (redis.status !== 'ready') return
  const tapes = await readTapeEnds(redis)
  const ends = new Map(
    (await findSharedEnds(database.db, TAPE_TIMEFRAME)).map((end) => [marketId(end), end.lastMs]),
  )
  for (const tape of tapes) {
    const id = marketId(tape.market)
    const lastMs = ends.get(id) ?? -1
    if (!isArchived(tape, options) || (tape.newestMs ?? -1) <= lastMs) continue
    try {
      await archiveMarket(options, tape, lastMs)
    } catch (error) {
      // One market must not keep the archiver from the others.
      if (error instanceof SeriesKindMismatch) log.warn({ market: id, reason: error.message }, 'not archived')
      else log.error({ err: error, market: id }, 'a market could not be archived; trying again')
    }
  }
}

const isArchived = ({ source }: TapeEnd, { archivesSimulated }: ArchiverOptions): boolean =>
  source !== undefined && (source !== 'simulator' || archivesSimulated)

const archiveMarket = async (
  { redis, database, metrics, log }: ArchiverOptions,
  { market, source }: TapeEnd,
  lastMs: number,
): Promise<void> => {
  const candles = await readClosedCandles(redis, market, lastMs)
  const target = { ...market, timeframe: TAPE_TIMEFRAME, isSimulated: source === 'simulator' }
  const { inserted, holes } = await archiveCandles(database, target, columnsOf(candles))
  metrics.bars.inc(inserted)
  metrics.holes.inc(holes.length)
  for (const hole of holes) log.info({ market: marketId(market), ...hole }, 'a hole is to be filled')
}
