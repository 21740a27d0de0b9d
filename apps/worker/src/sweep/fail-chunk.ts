import { Unhealable } from '@botcriptofy/runtime/queue'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { type ChunkOutcome, splitChunk } from '@botcriptofy/store/sweep'
import { IndicatorMismatch } from '../backtest/indicator-digests.ts'
import { DatasetChanged } from '../candles/dataset-cache.ts'
import { combinationsOf, failedRun } from './combinations.ts'
import type { Chunk } from './compute-chunk.ts'
import { saveChunk, type SaveDeps } from './save-chunk.ts'

export interface Failure {
  readonly code: string
  readonly detail: string
}

/**
 * A failure that another try may heal is thrown as it came. The last try of such a one splits a chunk of several runs,
 * since one of them may be the cause; what is wrong with all of them, or with the only one, is written down where the user
 * sees it. Then BullMQ hears.
 */
export const failChunk = async (deps: SaveDeps, chunk: Chunk, error: unknown): Promise<never> => {
  const { payload, scope, context } = chunk
  const isHopeless = error instanceof DatasetChanged || error instanceof Unhealable
  const isHealable = !context.isLastAttempt || context.signal.aborted || isDatabaseAway(error)
  if (!isHopeless && isHealable) throw error
  const failure = { code: codeOf(error), detail: error instanceof Error ? error.message : String(error) }
  const isAboutAll = isHopeless || error instanceof IndicatorMismatch || payload.to - payload.from === 1
  if (isAboutAll) await recordFailure(deps, chunk, failure)
  else await splitChunk(deps.db, scope, { ...payload, outboxId: context.outboxId })
  throw new Unhealable(failure.code, failure.detail, { cause: error })
}

/** Ends all runs of the chunk as failed. */
export const recordFailure = (
  deps: SaveDeps,
  { scope, payload, sweep, context }: Chunk,
  failure: Failure,
): Promise<ChunkOutcome> =>
  saveChunk(deps, scope, {
    sweepId: payload.sweepId,
    outboxId: context.outboxId,
    from: payload.from,
    to: payload.to,
    attempt: payload.attempt,
    runs: combinationsOf(sweep, payload).map((combination) => failedRun(combination, failure)),
    results: [],
  })

export const codeOf = (error: unknown): string => {
  if (error instanceof DatasetChanged) return 'DATASET_CHANGED'
  if (error instanceof IndicatorMismatch) return 'INDICATOR_MISMATCH'
  return error instanceof Unhealable ? error.code : 'BACKTEST_FAILED'
}
