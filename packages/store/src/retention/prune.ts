import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import {
  DEFAULT_RETENTION,
  type PrunedTable,
  type RetentionPeriods,
  type RetentionRule,
  retentionRules,
} from './rules.ts'

export interface PrunedRows {
  readonly table: PrunedTable
  readonly what: string
  readonly rows: number
}

/** Rows a statement; locks are held for one statement only, and workers go on in between. */
const BATCH = 10_000

/** Deletes what is past its time, table by table; safe to run at any time, also twice at once. */
export const pruneExpired = (
  db: Db,
  periods: RetentionPeriods = DEFAULT_RETENTION,
): Promise<readonly PrunedRows[]> => eachRule(periods, (rule) => deleteInBatches(db, rule))

/** How many rows `pruneExpired` would delete now. */
export const countExpired = (
  db: Db,
  periods: RetentionPeriods = DEFAULT_RETENTION,
): Promise<readonly PrunedRows[]> =>
  eachRule(periods, async ({ table, isExpired }) => {
    const counted = await sql<{ rows: number }>`
      select count(*) as rows from ${sql.table(table)} where ${isExpired}`.execute(db)
    return counted.rows[0]?.rows ?? 0
  })

const eachRule = async (
  periods: RetentionPeriods,
  count: (rule: RetentionRule) => Promise<number>,
): Promise<readonly PrunedRows[]> => {
  const pruned: PrunedRows[] = []
  for (const rule of retentionRules(periods)) {
    pruned.push({ table: rule.table, what: rule.what, rows: await count(rule) })
  }
  return pruned
}

const deleteInBatches = async (
  db: Db,
  { table, isExpired, batch: size = BATCH }: RetentionRule,
): Promise<number> => {
  let deleted = 0
  for (;;) {
    // Rows in use by a transaction of this moment (a run that is about to refer to a result) are left for the next time.
    const batch = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select ctid from ${sql.table(table)} where ${isExpired} limit ${size} for update skip locked
      ))`.execute(db)
    const count = Number(batch.numAffectedRows ?? 0n)
    deleted += count
    if (count < size) return deleted
  }
}
