import { sql } from 'kysely'
import { type Db, newId } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

export interface SeriesKey {
  readonly venue: string
  /** `BASE/QUOTE`, perpetuals `BASE/QUOTE:SETTLE`. */
  readonly symbol: string
  readonly timeframe: string
}

/** Whose series: one tenant's, or the one all tenants may read. */
export type SeriesOwner = TenantScope | 'shared'

export interface Series extends SeriesKey {
  readonly id: string
  readonly isShared: boolean
  /** Made by a generator, not by a market. */
  readonly isSimulated: boolean
}

const COLUMNS = ['id', 'tenant_id', 'venue', 'symbol', 'timeframe', 'is_simulated'] as const

interface SeriesRow extends SeriesKey {
  readonly id: string
  readonly tenant_id: string | null
  readonly is_simulated: boolean
}

const seriesOf = (row: SeriesRow): Series => ({
  id: row.id,
  venue: row.venue,
  symbol: row.symbol,
  timeframe: row.timeframe,
  isShared: row.tenant_id === null,
  isSimulated: row.is_simulated,
})

/** The tenant's own series, else the shared one. */
export const findSeries = async (db: Db, scope: TenantScope, key: SeriesKey): Promise<Series | undefined> => {
  const row = await db
    .selectFrom('series')
    .select(COLUMNS)
    .where('venue', '=', key.venue)
    .where('symbol', '=', key.symbol)
    .where('timeframe', '=', key.timeframe)
    .where((eb) => eb.or([eb('tenant_id', '=', scope.tenantId), eb('tenant_id', 'is', null)]))
    .orderBy('tenant_id', (order) => order.asc().nullsLast())
    .limit(1)
    .executeTakeFirst()
  return row && seriesOf(row)
}

export interface SeriesSummary extends Series {
  readonly bars: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Everything the tenant may read, its own and the shared, with what is stored of each. */
export const listSeries = async (db: Db, scope: TenantScope): Promise<readonly SeriesSummary[]> => {
  const rows = await db
    .selectFrom('series')
    .innerJoin('series_month', 'series_month.series_id', 'series.id')
    .select(COLUMNS)
    .select([
      sql<number>`sum(bars)::float8`.as('bars'),
      sql<number>`min(first_ms)`.as('first_ms'),
      sql<number>`max(last_ms)`.as('last_ms'),
    ])
    .where((eb) => eb.or([eb('tenant_id', '=', scope.tenantId), eb('tenant_id', 'is', null)]))
    .groupBy(COLUMNS)
    .orderBy('venue')
    .orderBy('symbol')
    .orderBy('timeframe')
    .orderBy('tenant_id')
    .execute()
  return rows.map((row) => ({
    ...seriesOf(row),
    bars: row.bars,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
  }))
}

/** Simulated and real bars of one venue, symbol and timeframe were about to be mixed. */
export class SeriesKindMismatch extends Error {}

/**
 * Finds or makes the owner's series and keeps other imports of it out until the transaction ends, so that counts and
 * digests are those of one import.
 */
export const lockSeries = async (
  tx: Db,
  owner: SeriesOwner,
  { venue, symbol, timeframe, isSimulated }: SeriesKey & { readonly isSimulated: boolean },
): Promise<Series> => {
  const tenantId = owner === 'shared' ? null : owner.tenantId
  const lockKey = JSON.stringify(['series', tenantId, venue, symbol, timeframe])
  await sql`select pg_advisory_xact_lock(hashtextextended(${lockKey}, 0))`.execute(tx)
  await tx
    .insertInto('series')
    .values({ id: newId(), tenant_id: tenantId, venue, symbol, timeframe, is_simulated: isSimulated })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await tx
    .selectFrom('series')
    .select(COLUMNS)
    .where('tenant_id', 'is not distinct from', tenantId)
    .where('venue', '=', venue)
    .where('symbol', '=', symbol)
    .where('timeframe', '=', timeframe)
    .executeTakeFirstOrThrow()
  if (row.is_simulated !== isSimulated) {
    const kind = (simulated: boolean) => (simulated ? 'simulated' : 'real')
    throw new SeriesKindMismatch(
      `candles of ${venue} ${symbol} ${timeframe}: expected ${kind(row.is_simulated)} ones, as those stored, ` +
        `was ${kind(isSimulated)}`,
    )
  }
  return seriesOf(row)
}
