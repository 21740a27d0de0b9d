import type { Db } from '../database/index.ts'
import type { MonthDigest } from './digest.ts'

/** The months of a series that have bars, oldest first. */
export const findMonths = async (db: Db, seriesId: string): Promise<readonly MonthDigest[]> => {
  const rows = await db
    .selectFrom('series_month')
    .selectAll()
    .where('series_id', '=', seriesId)
    .orderBy('month_ms')
    .execute()
  return rows.map((row) => ({
    monthMs: row.month_ms,
    bars: row.bars,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
    sha256: row.sha256,
  }))
}

/** Five hundred months are forty years, and six parameters each stay below the protocol's limit of 65,535. */
const MONTHS_PER_STATEMENT = 500

export const saveMonths = async (tx: Db, seriesId: string, months: readonly MonthDigest[]): Promise<void> => {
  for (let from = 0; from < months.length; from += MONTHS_PER_STATEMENT) {
    await tx
      .insertInto('series_month')
      .values(
        months.slice(from, from + MONTHS_PER_STATEMENT).map((month) => ({
          series_id: seriesId,
          month_ms: month.monthMs,
          bars: month.bars,
          first_ms: month.firstMs,
          last_ms: month.lastMs,
          sha256: month.sha256,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['series_id', 'month_ms']).doUpdateSet((eb) => ({
          bars: eb.ref('excluded.bars'),
          first_ms: eb.ref('excluded.first_ms'),
          last_ms: eb.ref('excluded.last_ms'),
          sha256: eb.ref('excluded.sha256'),
        })),
      )
      .execute()
  }
}
