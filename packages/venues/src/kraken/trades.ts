import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { decimal, field, list, oneOf, UnreadableFrame, wholeNumber } from '../frame/index.ts'
import { resultOf } from './markets.ts'
import { krakenProfile } from './profile.ts'

/** A double of epoch seconds is good to a quarter of a microsecond. */
const SECONDS_ERROR_MS = 0.001
const TAKER_SIDES = { b: 'buy', s: 'sell' } as const

/**
 * Reads the body of `GET /0/public/Trades`, oldest first: rows of price, volume, seconds, taker's side, order type,
 * remarks and the id that the trade channel has too. Throws an `UnreadableFrame`.
 */
export const tradesFromRest = (body: unknown, symbol: string): readonly TradeRecord[] => {
  const { last: _, ...pairs } = resultOf(body)
  return Object.keys(pairs).flatMap((pair) =>
    list(pairs, pair).map((row) => {
      const seconds = Number(field(row, '2'))
      if (!Number.isFinite(seconds) || seconds <= 0) throw new UnreadableFrame('2: expected epoch seconds')
      return {
        type: 'trade',
        venue: krakenProfile.venue,
        symbol,
        exchangeTimeMs: Math.floor(seconds * 1000 + SECONDS_ERROR_MS),
        tradeId: String(wholeNumber(row, '6')),
        price: decimal(row, '0'),
        amount: decimal(row, '1'),
        side: oneOf(row, '3', TAKER_SIDES),
      }
    }),
  )
}
