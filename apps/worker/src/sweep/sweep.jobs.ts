import type { Handlers, JobContext } from '@botcriptofy/contracts/job'
import type {
  SweepChunkPayload,
  sweepJobs,
  sweepReduceJobs,
  SweepReducePayload,
} from '@botcriptofy/contracts/sweep'
import { ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { TryLater, Unhealable } from '@botcriptofy/runtime/queue'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { countStart } from '@botcriptofy/store/outbox'
import { type ChunkOutcome, findSweepForWork, splitChunk, startSweep } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { requireSameIndicators } from '../backtest/indicator-digests.ts'
import { type CancelWatch, SweepCancelled } from './cancel-watch.ts'
import { type Chunk, computeChunk, type ComputeDeps } from './compute-chunk.ts'
import { failChunk, recordFailure } from './fail-chunk.ts'
import { countDeaths, judgeChunk, poisonOf } from './poison.ts'
import { reduceToBest } from './reduce.ts'
import { createRunGate, type RunGate } from './run-gate.ts'

export interface SweepJobDeps extends ComputeDeps {
  readonly cancelWatch: CancelWatch
  /** Of this worker's engine; ENGINE_REVISION unless a test plays another version. */
  readonly engineRevision?: number | undefined
}

/** The handlers of the sweep feature. */
export const sweepHandlers = (deps: SweepJobDeps): Handlers<typeof sweepJobs & typeof sweepReduceJobs> => {
  const chunkDeps = { ...deps, gate: createRunGate() }
  return {
    'sweep.chunk': (payload, context) =>
      untilDatabaseIsBack(async () => {
        refuseForeignRevision(payload.engineRevision, deps.engineRevision ?? ENGINE_REVISION)
        return runChunk(chunkDeps, payload, context)
      }),
    'sweep.reduce': (payload, context) =>
      untilDatabaseIsBack(() => runReduction(chunkDeps, payload, context)),
  }
}

/** However long Postgres is away, no job is lost over it. */
const untilDatabaseIsBack = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw isDatabaseAway(error) ? new TryLater('Postgres is away', { cause: error }) : error
  }
}

/**
 * Refused, not given up, however often: another try may reach a worker that has the revision. What is newer comes with a
 * deployment, what is older belongs to workers that are being replaced; that none is left the control role finds out.
 */
const refuseForeignRevision = (wanted: number, own: number): void => {
  if (wanted === own) return
  throw new TryLater(`expected engine revision ${wanted}, this worker has ${own}`)
}

interface ChunkDeps extends SweepJobDeps {
  readonly gate: RunGate
}

const runChunk = async (deps: ChunkDeps, payload: SweepChunkPayload, context: JobContext) => {
  const scope = scopeOf(payload.tenantId)
  const sweep = await findSweepForWork(deps.db, scope, payload.sweepId)
  if (sweep === undefined) return { outcome: 'not wanted' }
  const chunk = { scope, payload, sweep, context }
  const deaths = await countDeaths(deps.db, context)
  const verdict = judgeChunk({ runs: payload.to - payload.from, deaths })
  if (verdict === 'split') {
    const { kind } = await splitChunk(deps.db, scope, { ...payload, outboxId: context.outboxId })
    return { outcome: kind }
  }
  if (verdict === 'give up') return summaryOf(await recordFailure(deps, chunk, poisonOf(deaths)))
  return deps.gate.enter(verdict, () => computeWanted(deps, chunk))
}

const computeWanted = async (deps: ChunkDeps, chunk: Chunk) => {
  const { scope, payload, sweep, context } = chunk
  if (!(await startSweep(deps.db, scope, payload.sweepId))) return { outcome: 'not wanted' }
  await countStart(deps.db, context.outboxId)
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

/**
 * A sweep is complete without it, so it is tried a bounded number of times: by workers of another engine, and by those
 * that it takes down.
 */
const runReduction = async (deps: ChunkDeps, payload: SweepReducePayload, context: JobContext) => {
  const own = deps.engineRevision ?? ENGINE_REVISION
  if (payload.engineRevision !== own) {
    throw new Error(`expected engine revision ${payload.engineRevision}, this worker has ${own}`)
  }
  const deaths = await countDeaths(deps.db, context)
  const verdict = judgeChunk({ runs: 1, deaths })
  if (verdict !== 'beside others' && verdict !== 'alone') {
    const { code, detail } = poisonOf(deaths)
    throw new Unhealable(code, detail)
  }
  await countStart(deps.db, context.outboxId)
  const remaking = { scope: scopeOf(payload.tenantId), payload, context }
  const outcome = await deps.gate.enter(verdict, () => reduceToBest(deps, remaking))
  return outcome.kind === 'kept' ? { outcome: 'kept', runs: outcome.runs } : { outcome: outcome.kind }
}

const summaryOf = (outcome: ChunkOutcome) =>
  outcome.kind === 'counted'
    ? { outcome: 'counted', remaining: outcome.remaining }
    : { outcome: outcome.kind }
