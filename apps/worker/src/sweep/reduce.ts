import type { JobContext } from '@botcriptofy/contracts/job'
import type { SweepReducePayload } from '@botcriptofy/contracts/sweep'
import { Unhealable } from '@botcriptofy/runtime/queue'
import {
  findSweepForWork,
  listBestUnkept,
  type ReduceOutcome,
  reduceSweep,
  type RemadeRun,
  type SweepForWork,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { requireSameIndicators } from '../backtest/indicator-digests.ts'
import { DatasetChanged } from '../candles/dataset-cache.ts'
import { addressedCombinations, type ComputeDeps, prepareCompute } from './compute-chunk.ts'
import { codeOf } from './fail-chunk.ts'
import type { RunOutcome } from './run-task.ts'

/** The best runs of a sweep and how they are made. */
export interface Remaking {
  readonly scope: TenantScope
  readonly payload: SweepReducePayload
  readonly context: JobContext
}

interface Remade {
  readonly runs: readonly RemadeRun[]
  readonly computeMs: number
}

const NOTHING: Remade = { runs: [], computeMs: 0 }

/** Makes the best runs of a complete sweep once more, this time with trades and equity, and keeps these. */
export const reduceToBest = async (deps: ComputeDeps, remaking: Remaking): Promise<ReduceOutcome> => {
  const { scope, payload, context } = remaking
  const { sweepId } = payload
  const sweep = await findSweepForWork(deps.db, scope, sweepId)
  const remade = sweep === undefined ? NOTHING : await remakeBest(deps, remaking, sweep)
  return reduceSweep(deps.db, scope, { sweepId, outboxId: context.outboxId, ...remade })
}

const remakeBest = async (
  deps: ComputeDeps,
  { scope, payload, context }: Remaking,
  sweep: SweepForWork,
): Promise<Remade> => {
  const best = await listBestUnkept(deps.db, scope, payload.sweepId)
  requireSameIndicators(sweep.strategy, payload.indicatorDigests ?? {})
  const compute = prepareCompute(deps, { payload, sweep }, context.signal)
  const runs: RemadeRun[] = []
  let computeMs = 0
  // One to a message: each takes as long as several that are only measured.
  for (const { ordinal, address, tradesSha256 } of best) {
    const combinations = addressedCombinations({ sweep, payload: { from: ordinal, to: ordinal + 1 } })
    const [outcome] = await compute(combinations, 'series').catch(refuseHopeless)
    const result = requireSame(outcome, { ordinal, tradesSha256 })
    runs.push({ address, tradesSha256, blobs: result.blobs })
    computeMs += result.computeMs
  }
  return { runs, computeMs }
}

/** The candles are not those of the sweep any more, and will not be. */
const refuseHopeless = (error: unknown): never => {
  if (error instanceof DatasetChanged) throw new Unhealable(codeOf(error), error.message, { cause: error })
  throw error
}

/** Numbers that were shown to a user belong to these trades and no others. */
const requireSame = (
  outcome: RunOutcome | undefined,
  { ordinal, tradesSha256 }: { readonly ordinal: number; readonly tradesSha256: string },
) => {
  if (outcome?.kind === 'failed') throw new Unhealable(outcome.code, `run ${ordinal}: ${outcome.detail}`)
  const { blobs = null, tradesSha256: was, computeMs = 0 } = outcome?.result ?? {}
  if (blobs === null || was !== tradesSha256) {
    throw new Unhealable('TRADES_DIFFER', `run ${ordinal}: expected the trades ${tradesSha256}, was ${was}`)
  }
  return { blobs, computeMs }
}
