import { type RawBuilder, sql } from 'kysely'

/** What may go from one table, and why nobody misses it. */
export interface RetentionRule {
  readonly table: PrunedTable
  /** In words, for whoever reads what was deleted. */
  readonly what: string
  readonly isExpired: RawBuilder<boolean>
}

export const PRUNED_TABLES = [
  'idempotency_key',
  'job_outbox',
  'job_effect',
  'event',
  'login_code',
  'browser_session',
  'backtest_result',
] as const
export type PrunedTable = (typeof PRUNED_TABLES)[number]

const DAYS_KEPT = 30
const isOld = (column: string) => sql<boolean>`${sql.ref(column)} < now() - ${DAYS_KEPT} * interval '1 day'`

export const RETENTION_RULES: readonly RetentionRule[] = [
  {
    table: 'idempotency_key',
    what: 'answers older than 24 hours',
    isExpired: sql`created_at < now() - interval '24 hours'`,
  },
  { table: 'job_outbox', what: `jobs done for ${DAYS_KEPT} days`, isExpired: isOld('done_at') },
  // BullMQ has forgotten the job long before, so nothing is left that could deliver it once more.
  { table: 'job_effect', what: `effects older than ${DAYS_KEPT} days`, isExpired: isOld('created_at') },
  {
    table: 'event',
    what: `published events older than ${DAYS_KEPT} days`,
    // The newest stays however old it is: the next number is one more than the highest that is there.
    isExpired: sql`time_ms < extract(epoch from now() - ${DAYS_KEPT} * interval '1 day') * 1000
      and seq < (select max(seq) from event)`,
  },
  { table: 'login_code', what: 'login codes past their end', isExpired: sql`expires_at < now()` },
  { table: 'browser_session', what: 'sessions past their end', isExpired: sql`expires_at < now()` },
  {
    table: 'backtest_result',
    what: `results older than ${DAYS_KEPT} days that no run refers to`,
    isExpired: sql`${isOld('created_at')}
      and not exists (select from sweep_run where sweep_run.address = backtest_result.address)`,
  },
]
