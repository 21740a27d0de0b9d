import { z } from 'zod'
import type { MarketName } from './keys.ts'
import { type CandleRecord, candleRecord, decimalString, type TradeRecord } from './records.ts'

/** Entries carry one field of this name, which holds all events of one tick as JSON. */
export const TAPE_FIELD = 'd'

const tradeRow = z.tuple([z.string().min(1), z.int(), decimalString, decimalString, z.enum(['b', 's'])])
const tradeRows = z.array(tradeRow).min(1)

/** `[[tradeId, exchangeTimeMs, price, amount, b|s], …]`, ascending: the market itself is in the key. */
export const encodeTrades = (trades: readonly TradeRecord[]): string =>
  JSON.stringify(
    trades.map((trade) => [
      trade.tradeId,
      trade.exchangeTimeMs,
      trade.price,
      trade.amount,
      trade.side === 'buy' ? 'b' : 's',
    ]),
  )

/** Throws a ZodError when the entry is not one of `encodeTrades`. */
export const decodeTrades = (market: MarketName, text: string): readonly TradeRecord[] =>
  tradeRows.parse(JSON.parse(text)).map(([tradeId, exchangeTimeMs, price, amount, side]) => ({
    type: 'trade',
    venue: market.venue,
    symbol: market.symbol,
    exchangeTimeMs,
    tradeId,
    price,
    amount,
    side: side === 'b' ? 'buy' : 'sell',
  }))

export const encodeCandle = (candle: CandleRecord): string => JSON.stringify(candle)
/** Throws a ZodError when the entry is not one of `encodeCandle`. */
export const decodeCandle = (text: string): CandleRecord => candleRecord.parse(JSON.parse(text))

/** Trade ids [fromId, toId] that never arrived on the live connection. */
export const tapeGap = z.strictObject({
  fromId: z.string().min(1),
  toId: z.string().min(1),
  detectedMs: z.int().nonnegative(),
})
export type TapeGap = z.infer<typeof tapeGap>
