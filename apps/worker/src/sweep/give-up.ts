import { sweepChunkPayload } from '@botcriptofy/contracts/sweep'
import type { Db } from '@botcriptofy/store/database'
import { completeChunk, findSweepForWork } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { combinationsOf, failedRun } from './combinations.ts'

interface LostJob {
  readonly id: string
  readonly payload: unknown
}

/** Records every combination of a chunk that will never be computed as failed, with the reason BullMQ gives. */
export const giveUpChunk =
  (db: Db) =>
  async (job: LostJob, reason: string): Promise<void> => {
    const { tenantId, sweepId, from, to, attempt } = sweepChunkPayload.parse(job.payload)
    const scope = scopeOf(tenantId)
    const sweep = await findSweepForWork(db, scope, sweepId)
    if (sweep === undefined) return
    const failure = failureOf(reason)
    await completeChunk(db, scope, {
      sweepId,
      outboxId: job.id,
      from,
      to,
      attempt,
      runs: combinationsOf(sweep, { from, to }).map((combination) => failedRun(combination, failure)),
      results: [],
    })
  }

/** Handlers fail with `CODE: detail`; BullMQ's own reasons have no code. */
const failureOf = (reason: string) => {
  const match = /^([A-Z][A-Z_]+): (.*)$/s.exec(reason)
  return { code: match?.[1] ?? 'JOB_FAILED', detail: match?.[2] ?? reason }
}
