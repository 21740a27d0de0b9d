import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { decimal, flag, UnreadableFrame, wholeNumber } from '../frame/index.ts'
import { binanceProfile } from './profile.ts'

/**
 * Reads the body of `GET /api/v3/historicalTrades` or `/api/v3/trades`, oldest first; ids are those of the trade
 * stream. Throws an `UnreadableFrame`.
 */
export const tradesFromRest = (body: unknown, symbol: string): readonly TradeRecord[] => {
  if (!Array.isArray(body)) throw new UnreadableFrame(`expected a list of trades, was ${typeof body}`)
  return body.map((row) => ({
    type: 'trade',
    venue: binanceProfile.venue,
    symbol,
    exchangeTimeMs: wholeNumber(row, 'time'),
    tradeId: String(wholeNumber(row, 'id')),
    price: decimal(row, 'price'),
    amount: decimal(row, 'qty'),
    side: flag(row, 'isBuyerMaker') ? 'sell' : 'buy',
  }))
}
