import { z } from 'zod'
import { defineJob } from '../job/index.ts'
import { symbolName, venueName } from '../stream/index.ts'

const ms = z.int().nonnegative()

/** A hole [fromMs, toMs) in the one-minute candles of the shared series `seriesId`. */
export const backfillPayload = z.strictObject({
  v: z.literal(1),
  seriesId: z.uuid(),
  venue: venueName,
  symbol: symbolName,
  /** The bars beside the hole are a simulator's: those in it must be, too. */
  isSimulated: z.boolean(),
  fromMs: ms,
  toMs: ms,
})
export type BackfillPayload = z.infer<typeof backfillPayload>

export const candleJobs = {
  /** Fetches what the venue still has of a hole that the archiver found. */
  'candles.backfill': defineJob({
    queue: 'candles',
    payload: backfillPayload,
    attempts: 6,
    backoffMs: 2000,
  }),
} as const
