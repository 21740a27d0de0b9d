import type { JobContext } from '@botcriptofy/contracts/job'
import type { SweepChunkPayload } from '@botcriptofy/contracts/sweep'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { objectiveAtShare, rowsOfShare, scoreOf } from '@botcriptofy/engine/sweep'
import { noTraces } from '@botcriptofy/runtime/traces'
import { type BacktestResultRow, findResults } from '@botcriptofy/store/backtest'
import {
  bestRunsThreshold,
  type ChunkOutcome,
  type FinishedRun,
  type SweepForWork,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { resultAddress } from '../backtest/address.ts'
import type { BacktestTask } from '../backtest/task.ts'
import type { BacktestThreads } from '../backtest/thread-pool.ts'
import type { DatasetCache } from '../candles/dataset-cache.ts'
import { type Combination, combinationsOf, failedRun } from './combinations.ts'
import { runTaskAlone } from './run-task.ts'
import { saveChunk, type SaveDeps } from './save-chunk.ts'
import { loadTaskCandles, type TaskCandles } from './task-candles.ts'

export interface ComputeDeps extends SaveDeps {
  readonly datasets: DatasetCache
  readonly threads: BacktestThreads
}

export interface Chunk {
  readonly scope: TenantScope
  readonly payload: SweepChunkPayload
  readonly sweep: SweepForWork
  readonly context: JobContext
}

interface ComputedRun {
  readonly run: FinishedRun
  readonly result?: BacktestResultRow
}

/** Load, compute, save: the results of a chunk appear together or not at all. */
export const computeChunk = async (
  deps: ComputeDeps,
  chunk: Chunk,
  signal: AbortSignal,
): Promise<ChunkOutcome> => {
  const { payload, sweep, scope, context } = chunk
  const combinations = combinationsOf(sweep, payload)
  const computeOne = await prepareRun(deps, chunk, { combinations, signal })
  const report = throttledProgress(context, combinations.length)
  const { traces = noTraces } = deps
  const computed: ComputedRun[] = []
  await traces.span('compute', spanOf(chunk, combinations.length), async () => {
    for (const combination of combinations) {
      signal.throwIfAborted()
      computed.push(await computeOne(combination))
      await report(computed.length)
    }
  })
  return saveChunk(deps, scope, {
    sweepId: payload.sweepId,
    outboxId: context.outboxId,
    from: payload.from,
    to: payload.to,
    attempt: payload.attempt,
    runs: computed.map(({ run }) => run),
    results: computed.flatMap(({ result }) => result ?? []),
  })
}

const spanOf = ({ scope, payload }: Chunk, runs: number) => ({
  'botcriptofy.tenant_id': scope.tenantId,
  'botcriptofy.run_id': payload.sweepId,
  'botcriptofy.runs': runs,
})

/** Stops waiting for work that other chunks may share, and that therefore goes on. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  signal.throwIfAborted()
  return Promise.race([work, aborted])
}

/** What all runs of a chunk share; the function computes one of them, or finds that it was computed before. */
const prepareRun = async (
  deps: ComputeDeps,
  { payload, sweep }: Chunk,
  inputs: {
    readonly combinations: readonly Combination[]
    readonly signal: AbortSignal
  },
) => {
  const { dataset, detail } = sweep
  const { traces = noTraces } = deps
  const addressOf = ({ strategy, share }: Combination) => {
    const config = configOver(sweep, share)
    return resultAddress({ strategy, config, datasetDigest: dataset.digest, detailDigest: detail?.digest })
  }
  const rows = await findResults(deps.db, inputs.combinations.map(addressOf))
  const known = new Map(rows.map((row) => [row.address, row]))
  const whenAbove = sweep.kind === 'backtest' ? null : await bestRunsThreshold(deps.db, payload.sweepId)
  const keepBlobsOf = ({ share }: Combination): BacktestTask['keepBlobs'] => {
    if (sweep.kind === 'backtest') return 'always'
    return share === 1 ? { whenAbove } : 'never'
  }
  // Loaded by the first run that has to be computed: a chunk whose results are all known needs no candles.
  let candles: Promise<TaskCandles> | undefined
  return async (combination: Combination): Promise<ComputedRun> => {
    const { strategy, share, ...named } = combination
    const address = addressOf(combination)
    const keepBlobs = keepBlobsOf(combination)
    const objective = objectiveAtShare(sweep.objective, share)
    const completed = { ...named, share, status: 'completed', address } as const
    const found = known.get(address)
    if (found !== undefined && ((found.has_blobs && found.has_analysis) || keepBlobs !== 'always')) {
      return { run: { ...completed, isCached: true, rank: scoreOf(found.metrics, objective) } }
    }
    candles ??= unlessAborted(
      traces.span('load candles', { 'botcriptofy.bars': dataset.bars }, () =>
        loadTaskCandles(deps.datasets, sweep),
      ),
      inputs.signal,
    )
    const task = {
      ...(await candles),
      strategy,
      indicatorDigests: payload.indicatorDigests ?? {},
      config: configOver(sweep, share),
      objective,
      keepBlobs,
    }
    const outcome = await runTaskAlone(deps.threads, task, inputs.signal)
    if (outcome.kind === 'failed') {
      return { run: failedRun(combination, outcome) }
    }
    const { result } = outcome
    const rank = scoreOf(result.metrics, objective)
    return { run: { ...completed, isCached: false, rank }, result: { ...result, address } }
  }
}

/** A run over a share of the bars is the one that anybody gets who asks for so many rows. */
const configOver = ({ config, dataset }: SweepForWork, share: number): BacktestConfig => {
  if (share === 1) return config
  return { ...config, rows: rowsOfShare(Math.min(dataset.bars, config.rows ?? Infinity), share) }
}

const PROGRESS_INTERVAL_MS = 500

const throttledProgress = (context: JobContext, total: number) => {
  let lastMs = Date.now()
  return async (done: number) => {
    if (Date.now() - lastMs < PROGRESS_INTERVAL_MS) return
    lastMs = Date.now()
    await context.reportProgress({ done, total })
  }
}
