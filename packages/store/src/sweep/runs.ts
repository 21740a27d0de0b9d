import { sql } from 'kysely'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** The one run of a single backtest, with its numbers but not its trades and equity; undefined while it is not finished. */
export const findSingleRun = (db: Db, scope: TenantScope, backtestId: string) =>
  db
    .selectFrom('sweep_run')
    .leftJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', backtestId)
    .select([
      'sweep_run.status',
      'sweep_run.is_cached',
      'sweep_run.error_code',
      'sweep_run.error_detail',
      'backtest_result.engine',
      'backtest_result.engine_revision',
      'backtest_result.bars',
      'backtest_result.low_sample',
      'backtest_result.final_equity',
      'backtest_result.band',
      'backtest_result.metrics',
      'backtest_result.metric_reasons',
      'backtest_result.recommendations',
      'backtest_result.trades_sha256',
      'backtest_result.trade_count',
      'backtest_result.compute_ms',
    ])
    .executeTakeFirst()

/** The trades, the equity and what else a report draws of a single backtest; undefined while it has no result. */
export const findSingleRunBlobs = (db: Db, scope: TenantScope, backtestId: string) =>
  db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', backtestId)
    .select([
      'backtest_result.trades',
      'backtest_result.equity',
      'backtest_result.detail',
      'backtest_result.checks',
      'backtest_result.periodic',
    ])
    .executeTakeFirst()

/** The checks of a sweep's first run with its parameters; undefined while it has none. */
export const findSweepChecks = (db: Db, scope: TenantScope, sweepId: string) =>
  db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', sweepId)
    .where('sweep_run.ordinal', '=', 0)
    .select(['sweep_run.params', 'backtest_result.checks'])
    .executeTakeFirst()

const selectRuns = (db: Db, scope: TenantScope, sweepId: string) =>
  db
    .selectFrom('sweep_run')
    .leftJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', sweepId)
    .select([
      'sweep_run.ordinal',
      'sweep_run.objective_value',
      'sweep_run.violation',
      'sweep_run.share',
      'sweep_run.params',
      'sweep_run.status',
      'sweep_run.is_cached',
      'sweep_run.error_code',
      'sweep_run.error_detail',
      'backtest_result.metrics',
      'backtest_result.metric_reasons',
      'backtest_result.low_sample',
      'backtest_result.final_equity',
      'backtest_result.band',
      'backtest_result.trades_sha256',
    ])

/** One finished run of a sweep with what was kept of it: trades and equity of the best alone. */
export const findRun = (
  db: Db,
  scope: TenantScope,
  { sweepId, ordinal }: { readonly sweepId: string; readonly ordinal: number },
) =>
  selectRuns(db, scope, sweepId)
    .where('sweep_run.ordinal', '=', ordinal)
    .select([
      'sweep_run.address',
      'backtest_result.engine',
      'backtest_result.bars',
      'backtest_result.trades',
      'backtest_result.equity',
    ])
    .executeTakeFirst()

const orderOf = ({
  sort,
  direction,
}: {
  readonly sort: MetricKey | 'objective'
  readonly direction: 'asc' | 'desc'
}) =>
  sort === 'objective'
    ? sql`sweep_run.status = 'failed', violation, objective_value desc nulls last`
    : sql`(backtest_result.metrics->>${sort})::float8 ${sql.raw(direction)} nulls last`

/**
 * Finished runs with their metrics, best first (undefined metrics last), ties by ordinal; left to the objective, those that
 * break constraints come after those that keep them. Without a range of ordinals only runs over all bars are ranked.
 */
export const listRuns = (
  db: Db,
  scope: TenantScope,
  page: {
    readonly sweepId: string
    readonly sort: MetricKey | 'objective'
    readonly direction: 'asc' | 'desc'
    readonly ordinals?: { readonly from: number; readonly to: number } | undefined
    readonly limit: number
    readonly offset: number
  },
) =>
  selectRuns(db, scope, page.sweepId)
    .where((eb) =>
      page.ordinals === undefined
        ? eb('sweep_run.share', '=', 1)
        : eb.between('sweep_run.ordinal', page.ordinals.from, page.ordinals.to - 1),
    )
    .orderBy(orderOf(page))
    .orderBy('sweep_run.ordinal')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
