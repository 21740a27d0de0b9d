import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Objective, SweepPlan } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import type { PinnedDataset } from './pinned-dataset.ts'
import { objectiveOfRow } from './objective.ts'
import { findPlan } from './rounds.ts'
import { findRunSeries, type RunSeries } from './run-series.ts'

/** What a worker needs to compute a chunk. The JSON columns were validated when the sweep was accepted. */
export interface SweepForWork {
  readonly kind: 'backtest' | 'sweep'
  readonly plan: SweepPlan
  readonly strategy: Strategy
  readonly config: BacktestConfig
  readonly objective: Objective
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
    plan: await findPlan(db, scope, row),
    strategy: row.strategy as Strategy,
    config: row.config as BacktestConfig,
    objective: objectiveOfRow(row),
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
