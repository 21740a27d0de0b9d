import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Axis, Grid } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import type { PinnedDataset } from './pinned-dataset.ts'
import { findGrids } from './grids.ts'
import { findRunSeries, type RunSeries } from './run-series.ts'

/** What a worker needs to compute a chunk. The JSON columns were validated when the sweep was accepted. */
export interface SweepForWork {
  readonly kind: 'backtest' | 'sweep'
  /** Its own grid, then those that were appended. */
  readonly grids: readonly Grid[]
  readonly strategy: Strategy
  readonly config: BacktestConfig
  readonly objective: MetricKey
  /** Of a portfolio the range, bars and digest are those of all members together. */
  readonly dataset: PinnedDataset
  /** In the order of priority; null for a run over one series. */
  readonly members: readonly RunSeries[] | null
  /** Finer candles that the fills happen in. */
  readonly detail: RunSeries | null
}

export const findSweepForWork = async (
  db: Db,
  scope: TenantScope,
  id: string,
): Promise<SweepForWork | undefined> => {
  const row = await db
    .selectFrom('sweep')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'sweep.tenant_id')
        .onRef('strategy_body.sha256', '=', 'sweep.strategy_sha256'),
    )
    .selectAll('sweep')
    .select('strategy_body.body as strategy')
    .where('sweep.tenant_id', '=', scope.tenantId)
    .where('sweep.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { members, detail } = await findRunSeries(db, scope, id)
  return {
    kind: row.kind,
    grids: await findGrids(db, scope, { id, axes: row.axes as readonly Axis[] }),
    strategy: row.strategy as Strategy,
    config: row.config as BacktestConfig,
    objective: row.objective as MetricKey,
    dataset: {
      seriesId: row.series_id,
      fromMs: row.from_ms,
      toMs: row.to_ms,
      bars: row.bars,
      digest: row.dataset_digest,
    },
    members,
    detail,
  }
}
