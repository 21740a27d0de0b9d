import { type RawBuilder, sql } from 'kysely'

/** What may go from one table, and why nobody misses it. */
export interface RetentionRule {
  readonly table: PrunedTable
  /** In words, for whoever reads what was deleted. */
  readonly what: string
  readonly isExpired: RawBuilder<boolean>
  /** Rows a statement, where a row takes others with it. */
  readonly batch?: number
}

export const PRUNED_TABLES = [
  'idempotency_key',
  'sweep',
  'walkforward',
  'job_outbox',
  'job_effect',
  'event',
  'login_code',
  'browser_session',
  'backtest_result',
] as const
export type PrunedTable = (typeof PRUNED_TABLES)[number]

/** How long things are kept, in days. */
export interface RetentionPeriods {
  /** Finished backtests and sweeps with their results. */
  readonly runs: number
  /** Jobs that are done, their effects, events, and results that no run refers to. */
  readonly traces: number
}

export const DEFAULT_RETENTION: RetentionPeriods = { runs: 365, traces: 30 }

const isOld = (column: string, days: number) =>
  sql<boolean>`${sql.ref(column)} < now() - ${days} * interval '1 day'`

/** Runs of a walk-forward go with it. */
const isOldRun = (days: number) =>
  sql<boolean>`(sweep.walkforward_id is null and ${isOld('sweep.finished_at', days)})`

/** In the order they are applied in: what only an older rule's rows refer to may go in the same turn. */
export const retentionRules = ({ runs, traces }: RetentionPeriods): readonly RetentionRule[] => [
  {
    table: 'idempotency_key',
    what: 'answers older than 24 hours',
    isExpired: sql`created_at < now() - interval '24 hours'`,
  },
  {
    table: 'sweep',
    what: `backtests and sweeps finished for ${runs} days, with their runs`,
    isExpired: isOldRun(runs),
    // Each takes its runs with it.
    batch: 20,
  },
  {
    table: 'walkforward',
    what: `walk-forwards finished for ${runs} days, with their runs`,
    isExpired: isOld('finished_at', runs),
    // Each takes the sweeps of its windows with it.
    batch: 1,
  },
  { table: 'job_outbox', what: `jobs done for ${traces} days`, isExpired: isOld('done_at', traces) },
  // BullMQ has forgotten the job long before, so nothing is left that could deliver it once more.
  { table: 'job_effect', what: `effects older than ${traces} days`, isExpired: isOld('created_at', traces) },
  {
    table: 'event',
    what: `published events older than ${traces} days`,
    // The newest stays however old it is: the next number is one more than the highest that is there.
    isExpired: sql`time_ms < extract(epoch from now() - ${traces} * interval '1 day') * 1000
      and seq < (select max(seq) from event)`,
  },
  { table: 'login_code', what: 'login codes past their end', isExpired: sql`expires_at < now()` },
  { table: 'browser_session', what: 'sessions past their end', isExpired: sql`expires_at < now()` },
  {
    table: 'backtest_result',
    what: `results older than ${traces} days that no run refers to`,
    isExpired: sql`${isOld('backtest_result.created_at', traces)}
      and not exists (select from sweep_run join sweep on sweep.id = sweep_run.sweep_id
        where sweep_run.address = backtest_result.address
          and not coalesce(${isOldRun(runs)}, false))`,
  },
]
