import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** Runs of its windows that were submitted and have ended. */
const doneRuns = sql<number>`(
  select coalesce(sum(sweep.total - sweep.remaining), 0)::int from sweep
  where sweep.walkforward_id = walkforward.id)`

const selectWalkForwards = (db: Db, scope: TenantScope) =>
  db
    .selectFrom('walkforward')
    .innerJoin('series', 'series.id', 'walkforward.series_id')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'walkforward.tenant_id')
        .onRef('strategy_body.sha256', '=', 'walkforward.strategy_sha256'),
    )
    .where('walkforward.tenant_id', '=', scope.tenantId)
    .selectAll('walkforward')
    .select([
      'series.venue',
      'series.symbol',
      'series.timeframe',
      'series.is_simulated',
      'strategy_body.body as strategy',
      doneRuns.as('done_runs'),
    ])

export type WalkForwardRow = NonNullable<Awaited<ReturnType<typeof findWalkForward>>>

export const findWalkForward = (db: Db, scope: TenantScope, id: string) =>
  selectWalkForwards(db, scope).where('walkforward.id', '=', id).executeTakeFirst()

/** Newest first; `beforeId` is the last id of the page before. */
export const listWalkForwards = (
  db: Db,
  scope: TenantScope,
  page: { readonly limit: number; readonly beforeId?: string | undefined },
) => {
  const query = selectWalkForwards(db, scope).orderBy('walkforward.id', 'desc').limit(page.limit)
  return (page.beforeId === undefined ? query : query.where('walkforward.id', '<', page.beforeId)).execute()
}

export type WindowResultRow = Awaited<ReturnType<typeof listWindowResults>>[number]

/** The windows in their order, each with its training's chosen run and its test, as far as there are any. */
export const listWindowResults = (db: Db, scope: TenantScope, id: string) =>
  db
    .selectFrom('walkforward_window as window')
    .leftJoin('sweep as train', (join) =>
      join
        .onRef('train.walkforward_id', '=', 'window.walkforward_id')
        .onRef('train.walkforward_place', '=', 'window.place')
        .on('train.kind', '=', 'sweep'),
    )
    .leftJoin('sweep_run as chosen', (join) =>
      join.onRef('chosen.sweep_id', '=', 'train.id').onRef('chosen.ordinal', '=', 'window.chosen'),
    )
    .leftJoin('backtest_result as train_result', 'train_result.address', 'chosen.address')
    .leftJoin('sweep as test', (join) =>
      join
        .onRef('test.walkforward_id', '=', 'window.walkforward_id')
        .onRef('test.walkforward_place', '=', 'window.place')
        .on('test.kind', '=', 'backtest'),
    )
    .leftJoin('sweep_run as tested', 'tested.sweep_id', 'test.id')
    .leftJoin('backtest_result as test_result', 'test_result.address', 'tested.address')
    .where('window.tenant_id', '=', scope.tenantId)
    .where('window.walkforward_id', '=', id)
    .selectAll('window')
    .select([
      'train.id as train_id',
      'test.id as test_id',
      'chosen.params',
      'chosen.objective_value',
      'train_result.metrics as train_metrics',
      'test_result.metrics as test_metrics',
      'test_result.trade_count as test_trades',
    ])
    .orderBy('window.place')
    .execute()

/** Equity of a window's test, as compressed columns. */
export const findTestEquity = async (db: Db, scope: TenantScope, backtestId: string) => {
  const row = await db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', backtestId)
    .select('backtest_result.equity')
    .executeTakeFirst()
  return row?.equity ?? undefined
}
