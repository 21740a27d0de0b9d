import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Axis, Objective, Params } from '@botcriptofy/engine/sweep'
import { sql } from 'kysely'
import { findDataset, type TimeRange } from '../candles/index.ts'
import type { Db, SweepStatus } from '../database/index.ts'
import type { PinnedDataset } from '../sweep/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** What the steps of a walk-forward need of it. The JSON columns were validated when it was accepted. */
export type WalkForwardForWork = NonNullable<Awaited<ReturnType<typeof findWalkForwardForWork>>>

export const findWalkForwardForWork = async (db: Db, scope: TenantScope, id: string) => {
  const row = await db
    .selectFrom('walkforward')
    .innerJoin('series', 'series.id', 'walkforward.series_id')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'walkforward.tenant_id')
        .onRef('strategy_body.sha256', '=', 'walkforward.strategy_sha256'),
    )
    .where('walkforward.tenant_id', '=', scope.tenantId)
    .where('walkforward.id', '=', id)
    .selectAll('walkforward')
    .select(['series.timeframe', 'strategy_body.body as strategy'])
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    ...row,
    strategy: row.strategy as Strategy,
    config: row.config as BacktestConfig,
    axes: row.axes as readonly Axis[],
    scoring: row.scoring as Objective | null,
  }
}

/** What a walk-forward pins: where other bars are stored now, its windows would be of two histories. */
export const isUnchanged = async (db: Db, flow: WalkForwardForWork): Promise<boolean> => {
  const range = { fromMs: flow.from_ms, toMs: flow.to_ms }
  return (await pinRange(db, flow, range))?.digest === flow.dataset_digest
}

/** The bars of a part of its candles; undefined where it has none. */
export const pinRange = async (
  db: Db,
  { series_id: id, timeframe }: Pick<WalkForwardForWork, 'series_id' | 'timeframe'>,
  range: TimeRange,
): Promise<PinnedDataset | undefined> => {
  const dataset = await findDataset(db, { id, timeframe }, range)
  return dataset && { seriesId: id, ...dataset }
}

/** The last `bars` bars of the candles that open before `beforeMs`, or all there are. */
export const findBarsBefore = async (
  db: Db,
  flow: WalkForwardForWork,
  { beforeMs, bars }: { readonly beforeMs: number; readonly bars: number },
): Promise<{ readonly fromMs: number; readonly bars: number }> => {
  const { rows } = await sql<{ readonly from: number | null; readonly bars: number }>`
    select min(open_ms)::float8 as from, count(*)::int as bars from (
      select open_ms from candle
      where series_id = ${flow.series_id} and open_ms >= ${flow.from_ms} and open_ms < ${beforeMs}
      order by open_ms desc limit ${bars}
    ) as last_bars`.execute(db)
  return { fromMs: rows[0]?.from ?? beforeMs, bars: rows[0]?.bars ?? 0 }
}

export const listWindows = (db: Db, scope: TenantScope, id: string) =>
  db
    .selectFrom('walkforward_window')
    .where('tenant_id', '=', scope.tenantId)
    .where('walkforward_id', '=', id)
    .selectAll()
    .orderBy('place')
    .execute()

/** A training or a test of a window, with the window. */
export const findWindowRun = (db: Db, scope: TenantScope, sweepId: string) =>
  db
    .selectFrom('sweep')
    .innerJoin('walkforward_window as window', (join) =>
      join
        .onRef('window.walkforward_id', '=', 'sweep.walkforward_id')
        .onRef('window.place', '=', 'sweep.walkforward_place'),
    )
    .where('sweep.tenant_id', '=', scope.tenantId)
    .where('sweep.id', '=', sweepId)
    .selectAll('window')
    .select([
      'sweep.kind',
      sql<SweepStatus>`sweep.status`.as('run_status'),
      'sweep.error_code',
      'sweep.error_detail',
    ])
    .executeTakeFirst()

/** The run that ranks first among those that keep the constraints; undefined where none can be ranked. */
export const findBestRun = async (
  db: Db,
  scope: TenantScope,
  sweepId: string,
): Promise<{ readonly ordinal: number; readonly params: Params } | undefined> => {
  const row = await db
    .selectFrom('sweep_run')
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .where('objective_value', 'is not', null)
    .where('violation', '=', 0)
    .where('share', '=', 1)
    .select(['ordinal', 'params'])
    .orderBy('objective_value', 'desc')
    .orderBy('ordinal')
    .limit(1)
    .executeTakeFirst()
  return row && { ordinal: row.ordinal, params: row.params as Params }
}
