import { type Axis, combinationCount } from '@botcriptofy/engine/sweep'
import { type Db, newId } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import { insertJobs } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import type { PinnedDataset } from './pinned-dataset.ts'
import { insertRunSeries } from './run-series.ts'

/** A sweep, or a single backtest (a sweep of one), with everything pinned that decides its numbers. */
export interface NewSweep {
  readonly kind: 'backtest' | 'sweep'
  readonly strategySha256: string
  readonly axes: readonly Axis[]
  readonly config: object
  /** The metric that ranks the runs, higher first. */
  readonly objective: string
  readonly seriesId: string
  readonly fromMs: number
  readonly toMs: number
  readonly bars: number
  readonly datasetDigest: string
  readonly engineRevision: number
  /** The sha256 of the module of each custom indicator that is used, by type; absent or empty: all are built in. */
  readonly indicatorDigests?: Readonly<Record<string, string>>
  /** Of a portfolio, in the order of priority; the range, bars and digest above are then those of all together. */
  readonly members?: readonly PinnedDataset[] | undefined
  /** Finer candles that the fills of the one series happen in. */
  readonly detail?: PinnedDataset | undefined
}

/** Writes the sweep and its jobs; the caller's transaction makes them visible together. */
export const acceptSweep = async (
  tx: Db,
  scope: TenantScope,
  sweep: NewSweep,
): Promise<{ readonly id: string }> => {
  const id = newId()
  const total = combinationCount(sweep.axes)
  await tx
    .insertInto('sweep')
    .values({
      tenant_id: scope.tenantId,
      id,
      kind: sweep.kind,
      strategy_sha256: sweep.strategySha256,
      axes: JSON.stringify(sweep.axes),
      config: JSON.stringify(sweep.config),
      objective: sweep.objective,
      series_id: sweep.seriesId,
      from_ms: sweep.fromMs,
      to_ms: sweep.toMs,
      bars: sweep.bars,
      dataset_digest: sweep.datasetDigest,
      engine_revision: sweep.engineRevision,
      status: 'queued',
      total,
      remaining: total,
    })
    .execute()
  await insertRunSeries(tx, scope, { sweepId: id, members: sweep.members, detail: sweep.detail })
  await insertJobs(
    tx,
    scope,
    chunkRanges(total, sweep.bars).map(({ from, to }) => ({
      name: 'sweep.chunk',
      payload: {
        v: 1,
        tenantId: scope.tenantId,
        sweepId: id,
        from,
        to,
        engineRevision: sweep.engineRevision,
        ...customOf(sweep),
        ...candlesOf(sweep),
      },
      subjectId: id,
    })),
  )
  await insertEvent(tx, scope, { type: `${sweep.kind}.queued`, subjectId: id, data: { total } })
  return { id }
}

/** Left out where there are none, so that workers of the version before read the payload. */
const customOf = ({ indicatorDigests = {} }: NewSweep) =>
  Object.keys(indicatorDigests).length === 0 ? {} : { indicatorDigests }

/** Left out for one series: a worker of the version before, which would run the first series alone, refuses the word. */
const candlesOf = ({ members, detail }: NewSweep) => {
  if (members !== undefined) return { candles: 'portfolio' as const }
  return detail === undefined ? {} : { candles: 'detail' as const }
}

/** At several million bars a second a chunk of this many bars takes about a second, which keeps the queue's share small. */
const BARS_PER_CHUNK = 5_000_000
const MAX_CHUNK = 25

/** Splits ordinals [0, total) into chunks of about equal work. */
export const chunkRanges = (
  total: number,
  bars: number,
): readonly { readonly from: number; readonly to: number }[] => {
  const size = Math.min(MAX_CHUNK, Math.max(1, Math.floor(BARS_PER_CHUNK / Math.max(1, bars))))
  return Array.from({ length: Math.ceil(total / size) }, (_, chunk) => ({
    from: chunk * size,
    to: Math.min(total, (chunk + 1) * size),
  }))
}
