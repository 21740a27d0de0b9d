import type { Handlers, JobContext } from '@botcriptofy/contracts/job'
import type { SweepChunkPayload, sweepJobs } from '@botcriptofy/contracts/sweep'
import { ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { Unhealable } from '@botcriptofy/runtime/queue'
import { type BacktestResultRow, findResults } from '@botcriptofy/store/backtest'
import type { Db } from '@botcriptofy/store/database'
import {
  bestRunsThreshold,
  type ChunkOutcome,
  completeChunk,
  findSweepForWork,
  type FinishedRun,
  startSweep,
  type SweepForWork,
} from '@botcriptofy/store/sweep'
import { scopeOf, type TenantScope } from '@botcriptofy/store/tenant'
import { resultAddress } from '../backtest/address.ts'
import type { BacktestThreads } from '../backtest/thread-pool.ts'
import { DatasetChanged, type DatasetCache } from '../candles/dataset-cache.ts'
import { type CancelWatch, SweepCancelled } from './cancel-watch.ts'
import { type Combination, combinationsOf, failedRun } from './combinations.ts'

export interface SweepJobDeps {
  readonly db: Db
  readonly datasets: DatasetCache
  readonly threads: BacktestThreads
  readonly cancelWatch: CancelWatch
}

interface Chunk {
  readonly scope: TenantScope
  readonly payload: SweepChunkPayload
  readonly sweep: SweepForWork
  readonly context: JobContext
}

/** The handlers of the sweep feature. */
export const sweepHandlers = (deps: SweepJobDeps): Handlers<typeof sweepJobs> => ({
  'sweep.chunk': async (payload, context) => {
    if (payload.engineRevision !== ENGINE_REVISION) {
      // Thrown, not given up: the retry may reach a worker that has this revision.
      throw new Error(
        `expected engine revision ${payload.engineRevision}, this worker has ${ENGINE_REVISION}`,
      )
    }
    const scope = scopeOf(payload.tenantId)
    const sweep = await findSweepForWork(deps.db, scope, payload.sweepId)
    if (sweep === undefined || !(await startSweep(deps.db, scope, payload.sweepId)))
      return { outcome: 'not wanted' }
    const chunk = { scope, payload, sweep, context }
    const watch = deps.cancelWatch.watch(payload.sweepId)
    try {
      const signal = AbortSignal.any([watch.signal, context.signal])
      return summaryOf(await computeChunk(deps, chunk, signal))
    } catch (error) {
      if (watch.signal.reason instanceof SweepCancelled) return { outcome: 'cancelled' }
      return await failChunk(deps, chunk, error)
    } finally {
      watch.release()
    }
  },
})

const summaryOf = (outcome: ChunkOutcome) =>
  outcome.kind === 'counted'
    ? { outcome: 'counted', remaining: outcome.remaining }
    : { outcome: outcome.kind }

/** Load, compute, save: the results of a chunk appear together or not at all. */
const computeChunk = async (deps: SweepJobDeps, chunk: Chunk, signal: AbortSignal): Promise<ChunkOutcome> => {
  const { payload, sweep, scope, context } = chunk
  const candles = await deps.datasets.load(sweep.dataset)
  const combinations = combinationsOf(sweep, payload).map((combination) => ({
    ...combination,
    address: resultAddress({
      strategy: combination.strategy,
      config: sweep.config,
      datasetDigest: sweep.dataset.digest,
    }),
  }))
  const known = new Map(
    (
      await findResults(
        deps.db,
        combinations.map((c) => c.address),
      )
    ).map((row) => [row.address, row]),
  )
  const keepBlobs =
    sweep.kind === 'backtest' ? 'always' : { whenAbove: await bestRunsThreshold(deps.db, payload.sweepId) }
  const runs: FinishedRun[] = []
  const results: BacktestResultRow[] = []
  const report = throttledProgress(context, combinations.length)
  for (const combination of combinations) {
    signal.throwIfAborted()
    const { address } = combination
    const found = known.get(address)
    if (found !== undefined && (found.has_blobs || keepBlobs !== 'always')) {
      const objectiveValue = found.metrics[sweep.objective] ?? null
      runs.push({ ...identityOf(combination), status: 'completed', address, isCached: true, objectiveValue })
    } else {
      const task = {
        datasetDigest: sweep.dataset.digest,
        candles,
        strategy: combination.strategy,
        config: sweep.config,
      }
      const { result, objectiveValue } = await deps.threads.run(
        { ...task, objective: sweep.objective, keepBlobs },
        signal,
      )
      results.push({ ...result, address })
      runs.push({ ...identityOf(combination), status: 'completed', address, isCached: false, objectiveValue })
    }
    await report(runs.length)
  }
  return completeChunk(deps.db, scope, {
    sweepId: payload.sweepId,
    outboxId: context.outboxId,
    from: payload.from,
    to: payload.to,
    runs,
    results,
  })
}

const identityOf = ({ ordinal, params, paramsSha256 }: Combination) => ({ ordinal, params, paramsSha256 })

const PROGRESS_INTERVAL_MS = 500

const throttledProgress = (context: JobContext, total: number) => {
  let lastMs = Date.now()
  return async (done: number) => {
    if (Date.now() - lastMs < PROGRESS_INTERVAL_MS) return
    lastMs = Date.now()
    await context.reportProgress({ done, total })
  }
}

/** What no retry can heal, and the last try of what could, is written down where the user sees it; then BullMQ hears. */
const failChunk = async (deps: SweepJobDeps, chunk: Chunk, error: unknown): Promise<never> => {
  const isHopeless = error instanceof DatasetChanged || error instanceof Unhealable
  if (!isHopeless && (!chunk.context.isLastAttempt || chunk.context.signal.aborted)) throw error
  const detail = error instanceof Error ? error.message : String(error)
  const code =
    error instanceof DatasetChanged
      ? 'DATASET_CHANGED'
      : error instanceof Unhealable
        ? error.code
        : 'BACKTEST_FAILED'
  await completeChunk(deps.db, chunk.scope, {
    sweepId: chunk.payload.sweepId,
    outboxId: chunk.context.outboxId,
    from: chunk.payload.from,
    to: chunk.payload.to,
    runs: combinationsOf(chunk.sweep, chunk.payload).map((combination) =>
      failedRun(combination, { code, detail }),
    ),
    results: [],
  })
  throw new Unhealable(code, detail, { cause: error })
}
