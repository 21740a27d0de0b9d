import type { JobContext } from '@botcriptofy/contracts/job'
import type { SweepChunkPayload } from '@botcriptofy/contracts/sweep'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { objectiveAtShare, rowsOfShare, scoreOf } from '@botcriptofy/engine/sweep'
import { noTraces } from '@botcriptofy/runtime/traces'
import { type BacktestResultRow, findResults } from '@botcriptofy/store/backtest'
import type { ChunkOutcome, FinishedRun, SweepForWork } from '@botcriptofy/store/sweep'
import type { Db } from '@botcriptofy/store/database'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { resultAddress } from '../backtest/address.ts'
import type { BacktestTask } from '../backtest/task.ts'
import type { BacktestThreads } from '../backtest/thread-pool.ts'
import type { DatasetCache } from '../candles/dataset-cache.ts'
import { type Combination, combinationsOf, failedRun } from './combinations.ts'
import { runInBatches } from './run-batches.ts'
import { type RunOutcome, runTask } from './run-task.ts'
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

interface AddressedCombination extends Combination {
  readonly config: BacktestConfig
  readonly address: string
}

interface ComputedRun {
  readonly combination: AddressedCombination
  readonly run: FinishedRun
  readonly result?: BacktestResultRow
}

/** Load, compute, save: the results of a chunk appear together or not at all. */
export const computeChunk = async (
  deps: ComputeDeps,
  chunk: Chunk,
  signal: AbortSignal,
): Promise<ChunkOutcome> => {
  const { payload, scope, context } = chunk
  const combinations = addressedCombinations(chunk)
  const known = await findKnown(deps.db, chunk, combinations)
  const unknown = combinations.filter(({ ordinal }) => !known.has(ordinal))
  const compute = prepareCompute(deps, chunk, signal)
  const { traces = noTraces } = deps
  const computed = await traces.span('compute', spanOf(chunk, combinations.length), () =>
    computeRuns(compute, { chunk, combinations: unknown }),
  )
  return saveChunk(deps, scope, {
    sweepId: payload.sweepId,
    outboxId: context.outboxId,
    from: payload.from,
    to: payload.to,
    attempt: payload.attempt,
    runs: [...known.values(), ...computed.map(({ run }) => run)],
    results: computed.flatMap(({ result }) => result ?? []),
  })
}

const spanOf = ({ scope, payload }: Chunk, runs: number) => ({
  'botcriptofy.tenant_id': scope.tenantId,
  'botcriptofy.run_id': payload.sweepId,
  'botcriptofy.runs': runs,
})

export const addressedCombinations = ({
  payload,
  sweep,
}: {
  readonly payload: Pick<SweepChunkPayload, 'from' | 'to'>
  readonly sweep: SweepForWork
}): readonly AddressedCombination[] => {
  const { dataset, detail } = sweep
  return combinationsOf(sweep, payload).map((combination) => {
    const { strategy, share } = combination
    const config = configOver(sweep, share)
    const inputs = { strategy, config, datasetDigest: dataset.digest, detailDigest: detail?.digest }
    return { ...combination, config, address: resultAddress(inputs) }
  })
}

/** A run over a share of the bars is the one that anybody gets who asks for so many rows. */
const configOver = ({ config, dataset }: SweepForWork, share: number): BacktestConfig => {
  if (share === 1) return config
  return { ...config, rows: rowsOfShare(Math.min(dataset.bars, config.rows ?? Infinity), share) }
}

const completedRun = (
  { objective }: SweepForWork,
  combination: AddressedCombination,
  metrics: Parameters<typeof scoreOf>[0],
) => {
  const { strategy: _strategy, config: _config, ...named } = combination
  const rank = scoreOf(metrics, objectiveAtShare(objective, named.share))
  return { ...named, status: 'completed', rank } as const
}

/** A look ahead is one of the rules and not of their numbers, so that the first run answers for all of a sweep. */
const isChecked = ({ kind }: SweepForWork, { ordinal }: Combination): boolean =>
  kind === 'sweep' && ordinal === 0

/**
 * Runs whose results were computed before, by ordinal. A single backtest needs all that its report draws, and the first
 * run of a sweep its checks.
 */
const findKnown = async (
  db: Db,
  { sweep }: Chunk,
  combinations: readonly AddressedCombination[],
): Promise<ReadonlyMap<number, FinishedRun>> => {
  const rows = await findResults(
    db,
    combinations.map(({ address }) => address),
  )
  const found = new Map(
    rows
      .filter(({ has_blobs, has_analysis }) => sweep.kind === 'sweep' || (has_blobs && has_analysis))
      .map((row) => [row.address, row]),
  )
  return new Map(
    combinations.flatMap((combination) => {
      const row = found.get(combination.address)
      if (row === undefined || (isChecked(sweep, combination) && !row.has_checks)) return []
      return [
        [combination.ordinal, { ...completedRun(sweep, combination, row.metrics), isCached: true }] as const,
      ]
    }),
  )
}

type Compute = (
  combinations: readonly AddressedCombination[],
  wanted: BacktestTask['wanted'],
) => Promise<readonly RunOutcome[]>

/** Stops waiting for work that other chunks may share, and that therefore goes on. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  signal.throwIfAborted()
  return Promise.race([work, aborted])
}

/** Sends backtests to a thread, with what all runs of a job share. */
export const prepareCompute = (
  deps: ComputeDeps,
  {
    payload,
    sweep,
  }: { readonly payload: Pick<SweepChunkPayload, 'indicatorDigests'>; readonly sweep: SweepForWork },
  signal: AbortSignal,
): Compute => {
  const { traces = noTraces } = deps
  // Loaded by the first run that has to be computed: a chunk whose results are all known needs no candles.
  let candles: Promise<TaskCandles> | undefined
  return async (combinations, wanted) => {
    signal.throwIfAborted()
    candles ??= unlessAborted(
      traces.span('load candles', { 'botcriptofy.bars': sweep.dataset.bars }, () =>
        loadTaskCandles(deps.datasets, sweep),
      ),
      signal,
    )
    const task = {
      ...(await candles),
      runs: combinations.map((combination) => ({
        strategy: combination.strategy,
        config: combination.config,
        withChecks: wanted === 'numbers' && isChecked(sweep, combination),
      })),
      indicatorDigests: payload.indicatorDigests ?? {},
      wanted,
    }
    return runTask(deps.threads.run, task, signal)
  }
}

const computeRuns = async (
  compute: Compute,
  { chunk, combinations }: { readonly chunk: Chunk; readonly combinations: readonly AddressedCombination[] },
): Promise<readonly ComputedRun[]> => {
  const outcomes = await runInBatches({
    items: combinations,
    run: (batch) => compute(batch, chunk.sweep.kind === 'sweep' ? 'numbers' : 'single'),
    report: throttledProgress(chunk.context, combinations.length),
  })
  return outcomes.map((outcome, index) => {
    const combination = combinations[index]!
    if (outcome.kind === 'failed') return { combination, run: failedRun(combination, outcome) }
    const { address } = combination
    return {
      combination,
      run: { ...completedRun(chunk.sweep, combination, outcome.result.metrics), isCached: false },
      result: { ...outcome.result, address },
    }
  })
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
