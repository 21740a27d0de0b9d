import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { monthLabel, nextMonthMs } from './month.ts'

/**
 * Creates the partitions that bars of these UTC months need, where `candle` is natively partitioned; a hypertable
 * makes its own chunks. A table is attached instead of created as a partition, because that lock lets others go on
 * reading and writing candles until this transaction ends.
 */
export const ensurePartitions = async (tx: Db, monthsMs: readonly number[]): Promise<void> => {
  if ((await findMissing(tx, monthsMs)).length === 0) return
  await sql`lock table candle in share update exclusive mode`.execute(tx)
  // Another import may have made them while this one waited for the lock.
  for (const monthMs of await findMissing(tx, monthsMs)) {
    const partition = sql.table(partitionName(monthMs))
    await sql`create table ${partition} (like candle including all)`.execute(tx)
    await sql`alter table candle attach partition ${partition}
      for values from (${sql.lit(monthMs)}) to (${sql.lit(nextMonthMs(monthMs))})`.execute(tx)
  }
}

/** The partitions for all bars that `series_month` speaks of. */
export const ensureStoredMonths = async (tx: Db): Promise<void> => {
  const months = await tx
    .selectFrom('series_month')
    .select('month_ms')
    .distinct()
    .orderBy('month_ms')
    .execute()
  await ensurePartitions(
    tx,
    months.map((row) => row.month_ms),
  )
}

const partitionName = (monthMs: number): string => `candle_${monthLabel(monthMs)}`

const findMissing = async (tx: Db, monthsMs: readonly number[]): Promise<readonly number[]> => {
  const kind = await sql<{ is_partitioned: boolean }>`
    select relkind = 'p' as is_partitioned from pg_class where oid = 'candle'::regclass`.execute(tx)
  if (kind.rows[0]?.is_partitioned !== true) return []
  const found = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'candle'::regclass`.execute(tx)
  const names = new Set(found.rows.map(({ name }) => name))
  return monthsMs.filter((monthMs) => !names.has(partitionName(monthMs)))
}
