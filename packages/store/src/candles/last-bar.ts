import type { Db } from '../database/index.ts'
import type { TimeRange } from './load.ts'

/** When the last bar of a range opens, epoch ms; undefined without bars. `rows` counts its first bars only. */
export const findLastBarMs = async (
  db: Db,
  seriesId: string,
  { fromMs, toMs, rows }: TimeRange & { readonly rows: number | null },
): Promise<number | undefined> => {
  const bars = db
    .selectFrom('candle')
    .select('open_ms')
    .where('series_id', '=', seriesId)
    .where('open_ms', '>=', fromMs)
    .where('open_ms', '<', toMs)
    .limit(1)
  const cut =
    rows === null
      ? undefined
      : await bars
          .orderBy('open_ms')
          .offset(rows - 1)
          .executeTakeFirst()
  return (cut ?? (await bars.orderBy('open_ms', 'desc').executeTakeFirst()))?.open_ms
}
