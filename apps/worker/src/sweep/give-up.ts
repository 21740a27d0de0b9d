import { sweepChunkPayload, sweepReducePayload } from '@botcriptofy/contracts/sweep'
import type { Db } from '@botcriptofy/store/database'
import { findStarts, resendJob } from '@botcriptofy/store/outbox'
import { completeChunk, findSweepForWork, giveUpReduction, splitChunk } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { combinationsOf, failedRun } from './combinations.ts'
import type { Failure } from './fail-chunk.ts'
import { judgeChunk } from './poison.ts'

interface LostJob {
  readonly id: string
  readonly generation: number
  readonly payload: unknown
}

/** So often a job is sent again that BullMQ gave up though no worker died while it was computed. */
const MAX_GENERATION = 5

/**
 * Ends a chunk that BullMQ will never run again, for the reason it gives. Of several runs one may be the cause, so they
 * are handed out again in halves; the only one is recorded as failed, unless it merely was in the hands of workers that
 * died over another.
 */
export const giveUpChunk =
  (db: Db) =>
  async (job: LostJob, reason: string): Promise<void> => {
    const { tenantId, ...range } = sweepChunkPayload.parse(job.payload)
    const scope = scopeOf(tenantId)
    const sweep = await findSweepForWork(db, scope, range.sweepId)
    if (sweep === undefined) return
    const chunk = { ...range, outboxId: job.id }
    if (range.to - range.from > 1) {
      await splitChunk(db, scope, chunk)
    } else if (await isBystander(db, job, reason)) {
      await resendJob(db, job)
    } else {
      const failure = failureOf(reason)
      const runs = combinationsOf(sweep, range).map((combination) => failedRun(combination, failure))
      await completeChunk(db, scope, { ...chunk, runs, results: [] })
    }
  }

/** A worker of the version before took it, which ended it at once. */
const UNKNOWN_JOB = /^UNKNOWN_JOB: /

/** Ends a reduction that BullMQ will never run again, unless it never reached a worker that could have done it. */
export const giveUpReduce =
  (db: Db) =>
  async (job: LostJob, reason: string): Promise<void> => {
    const { tenantId, sweepId } = sweepReducePayload.parse(job.payload)
    if (UNKNOWN_JOB.test(reason) || (await isBystander(db, job, reason))) return resendJob(db, job)
    return giveUpReduction(db, scopeOf(tenantId), { sweepId, outboxId: job.id, ...failureOf(reason) })
  }

/** BullMQ counts every worker that died with the job in hand, whichever of its jobs it was computing. */
const STALLED = /stalled more than/

const isBystander = async (db: Db, { id, generation }: LostJob, reason: string): Promise<boolean> =>
  STALLED.test(reason) &&
  generation < MAX_GENERATION &&
  judgeChunk({ runs: 1, deaths: await findStarts(db, id) }) !== 'give up'

/** Handlers fail with `CODE: detail`; BullMQ's own reasons have no code. */
const failureOf = (reason: string): Failure => {
  const match = /^([A-Z][A-Z_]+): (.*)$/s.exec(reason)
  return { code: match?.[1] ?? 'JOB_FAILED', detail: match?.[2] ?? reason }
}
