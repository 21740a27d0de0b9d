import { sql } from 'kysely'
import type { Db } from '../database/index.ts'

/** Trading rules and fees of a market; null where the venue sets none or none is known. */
export interface Instrument {
  readonly venue: string
  readonly symbol: string
  readonly priceTick: number | null
  readonly quantityStep: number | null
  readonly minNotional: number | null
  readonly makerFeeRate: number | null
  readonly takerFeeRate: number | null
}

const COLUMNS = [
  'venue',
  'symbol',
  'price_tick as priceTick',
  'quantity_step as quantityStep',
  'min_notional as minNotional',
  'maker_fee_rate as makerFeeRate',
  'taker_fee_rate as takerFeeRate',
] as const

export const findInstrument = async (
  db: Db,
  { venue, symbol }: { readonly venue: string; readonly symbol: string },
): Promise<Instrument | undefined> =>
  db
    .selectFrom('instrument')
    .select(COLUMNS)
    .where('venue', '=', venue)
    .where('symbol', '=', symbol)
    .executeTakeFirst()

/** Ordered by venue and symbol, those after `after`. */
export const listInstruments = async (
  db: Db,
  page: { readonly limit: number; readonly after?: { readonly venue: string; readonly symbol: string } },
): Promise<readonly Instrument[]> => {
  let query = db.selectFrom('instrument').select(COLUMNS).orderBy('venue').orderBy('symbol').limit(page.limit)
  if (page.after !== undefined) {
    query = query.where(sql<boolean>`(venue, symbol) > (${page.after.venue}, ${page.after.symbol})`)
  }
  return query.execute()
}

export const upsertInstrument = async (db: Db, instrument: Instrument): Promise<void> => {
  const values = {
    price_tick: instrument.priceTick,
    quantity_step: instrument.quantityStep,
    min_notional: instrument.minNotional,
    maker_fee_rate: instrument.makerFeeRate,
    taker_fee_rate: instrument.takerFeeRate,
    updated_at: sql<Date>`now()`,
  }
  await db
    .insertInto('instrument')
    .values({ venue: instrument.venue, symbol: instrument.symbol, ...values })
    .onConflict((conflict) => conflict.columns(['venue', 'symbol']).doUpdateSet(values))
    .execute()
}
