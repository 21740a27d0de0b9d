import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** How a combination did on one series. */
export interface SeriesRun {
  readonly sweepId: string
  readonly ordinal: number
  readonly score: number | null
  readonly violation: number
  readonly totalReturn: number | null
}

/**
 * Each combination over the sweeps of a group, ranked: first those that completed on the most series, then those that keep
 * their constraints on the most, then by the worst or the median score. A score that is undefined on any series makes both
 * undefined, which ranks last: what nobody could measure is not left out of a minimum. Runs over a part of the bars do not
 * count.
 */
export const listOverSeries = async (
  db: Db,
  scope: TenantScope,
  page: {
    readonly sweepIds: readonly string[]
    readonly sort: 'worst' | 'median'
    readonly limit: number
    readonly offset: number
  },
) => {
  const score = sql`objective_value`
  const whole = sql`count(${score}) = count(*)`
  const completed = sql`filter (where sweep_run.status = 'completed')`
  const totalReturn = sql`(backtest_result.metrics->>'totalReturn')::float8`
  const scored = (value: ReturnType<typeof sql>) => sql<number | null>`case when ${whole} then ${value} end`
  return db
    .selectFrom('sweep_run')
    .leftJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', 'in', page.sweepIds)
    .where('sweep_run.share', '=', 1)
    .groupBy('sweep_run.params_sha256')
    .select([
      sql<Record<string, number>>`(array_agg(sweep_run.params))[1]`.as('params'),
      sql<number>`(count(*) ${completed})::int`.as('completed'),
      sql<number>`(count(*) filter (where sweep_run.status = 'completed' and violation = 0))::int`.as('kept'),
      sql<number>`(count(*) filter (where ${totalReturn} > 0))::int`.as('profitable'),
      scored(sql`min(${score})`).as('worst'),
      scored(sql`percentile_cont(0.5) within group (order by ${score})`).as('median'),
      sql<readonly SeriesRun[]>`json_agg(json_build_object(
        'sweepId', sweep_run.sweep_id, 'ordinal', ordinal, 'score', ${score}, 'violation', violation,
        'totalReturn', ${totalReturn}) order by array_position(${page.sweepIds}::uuid[], sweep_run.sweep_id)) ${completed}`.as(
        'runs',
      ),
    ])
    .orderBy('completed', 'desc')
    .orderBy('kept', 'desc')
    .orderBy(page.sort, (order) => order.desc().nullsLast())
    .orderBy(sql`min(ordinal)`)
    .orderBy('sweep_run.params_sha256')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
}
