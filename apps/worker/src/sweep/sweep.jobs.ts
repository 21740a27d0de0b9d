import type { Handlers, JobContext } from '@botcriptofy/contracts/job'
import type { SweepChunkPayload, sweepJobs } from '@botcriptofy/contracts/sweep'
import { ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { TryLater, Unhealable } from '@botcriptofy/runtime/queue'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { type ChunkOutcome, findSweepForWork, startSweep } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { IndicatorMismatch, requireSameIndicators } from '../backtest/indicator-digests.ts'
import { DatasetChanged } from '../candles/dataset-cache.ts'
import { type CancelWatch, SweepCancelled } from './cancel-watch.ts'
import { combinationsOf, failedRun } from './combinations.ts'
import { type Chunk, computeChunk, type ComputeDeps } from './compute-chunk.ts'
import { saveChunk } from './save-chunk.ts'

export interface SweepJobDeps extends ComputeDeps {
  readonly cancelWatch: CancelWatch
}

/** The handlers of the sweep feature. */
export const sweepHandlers = (deps: SweepJobDeps): Handlers<typeof sweepJobs> => ({
  'sweep.chunk': async (payload, context) => {
    refuseForeignRevision(payload.engineRevision)
    try {
      return await runChunk(deps, payload, context)
    } catch (error) {
      // However long Postgres is away, no chunk is lost over it.
      throw isDatabaseAway(error) ? new TryLater('Postgres is away', { cause: error }) : error
    }
  },
})

/**
 * Refused, not given up: another try may reach a worker that has the revision. One that is newer than this worker comes
 * with a deployment under way, which may take its time.
 */
const refuseForeignRevision = (wanted: number): void => {
  if (wanted === ENGINE_REVISION) return
  const detail = `expected engine revision ${wanted}, this worker has ${ENGINE_REVISION}`
  throw wanted > ENGINE_REVISION ? new TryLater(detail) : new Error(detail)
}

const runChunk = async (deps: SweepJobDeps, payload: SweepChunkPayload, context: JobContext) => {
  const scope = scopeOf(payload.tenantId)
  const sweep = await findSweepForWork(deps.db, scope, payload.sweepId)
  if (sweep === undefined || !(await startSweep(deps.db, scope, payload.sweepId)))
    return { outcome: 'not wanted' }
  const chunk = { scope, payload, sweep, context }
  const watch = deps.cancelWatch.watch(payload.sweepId)
  try {
    requireSameIndicators(sweep.strategy, payload.indicatorDigests ?? {})
    return summaryOf(await computeChunk(deps, chunk, AbortSignal.any([watch.signal, context.signal])))
  } catch (error) {
    if (watch.signal.reason instanceof SweepCancelled) return { outcome: 'cancelled' }
    return await failChunk(deps, chunk, error)
  } finally {
    watch.release()
  }
}

const summaryOf = (outcome: ChunkOutcome) =>
  outcome.kind === 'counted'
    ? { outcome: 'counted', remaining: outcome.remaining }
    : { outcome: outcome.kind }

/** What no retry can heal, and the last try of what could, is written down where the user sees it; then BullMQ hears. */
const failChunk = async (deps: SweepJobDeps, chunk: Chunk, error: unknown): Promise<never> => {
  const { payload, sweep, scope, context } = chunk
  const isHopeless = error instanceof DatasetChanged || error instanceof Unhealable
  const isHealable = !context.isLastAttempt || context.signal.aborted || isDatabaseAway(error)
  if (!isHopeless && isHealable) throw error
  const detail = error instanceof Error ? error.message : String(error)
  const failure = { code: codeOf(error), detail }
  await saveChunk(deps, scope, {
    sweepId: payload.sweepId,
    outboxId: context.outboxId,
    from: payload.from,
    to: payload.to,
    attempt: payload.attempt,
    runs: combinationsOf(sweep, payload).map((combination) => failedRun(combination, failure)),
    results: [],
  })
  throw new Unhealable(failure.code, detail, { cause: error })
}

const codeOf = (error: unknown): string => {
  if (error instanceof DatasetChanged) return 'DATASET_CHANGED'
  if (error instanceof IndicatorMismatch) return 'INDICATOR_MISMATCH'
  return error instanceof Unhealable ? error.code : 'BACKTEST_FAILED'
}
