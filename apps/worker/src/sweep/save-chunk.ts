import type { CountedRuns } from '@botcriptofy/runtime/metrics'
import { noTraces, type Traces } from '@botcriptofy/runtime/traces'
import type { Db } from '@botcriptofy/store/database'
import { type ChunkOutcome, completeChunk, type FinishedChunk } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'

export interface SaveDeps {
  readonly db: Db
  readonly traces?: Traces | undefined
  readonly observeRuns?: ((runs: CountedRuns) => void) | undefined
}

/** Ends a chunk in Postgres, and tells the metrics of runs that no delivery before had counted. */
export const saveChunk = async (
  { db, observeRuns, traces = noTraces }: SaveDeps,
  scope: TenantScope,
  chunk: FinishedChunk,
): Promise<ChunkOutcome> => {
  const outcome = await traces.span('save results', { 'botcriptofy.run_id': chunk.sweepId }, () =>
    completeChunk(db, scope, chunk),
  )
  if (outcome.kind === 'counted') observeRuns?.({ tenantId: scope.tenantId, ...countRuns(chunk) })
  return outcome
}

const countRuns = ({ runs, results }: FinishedChunk) => {
  const completed = runs.filter((run) => run.status === 'completed')
  const cached = completed.filter(({ isCached }) => isCached).length
  return {
    computed: completed.length - cached,
    cached,
    failed: runs.length - completed.length,
    computeMs: results.reduce((sum, { computeMs }) => sum + computeMs, 0),
  }
}
