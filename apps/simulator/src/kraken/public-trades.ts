import { z } from 'zod'
import { recentTrades, tradesIn } from '../market/history.ts'
import type { SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'
import { wireNumbers } from './numbers.ts'

const MOST_TRADES = 1000
/** A moment in seconds has no more digits; with more it is in nanoseconds. */
const DIGITS_OF_SECONDS = 10
const NS_OF_MS = 1_000_000n

export const tradesQuery = z.object({
  pair: z.string(),
  count: z.coerce.number().int().min(1).default(MOST_TRADES),
  since: z
    .string()
    .regex(/^\d{1,20}(\.\d+)?$/)
    .optional(),
})

/** `GET /0/public/Trades`: those after `since`, or the newest. `last` is the `since` of the next page. */
export const tradesPage = (market: SimulatedMarket, asked: z.infer<typeof tradesQuery>) => {
  const { price, qty } = wireNumbers(market)
  const count = Math.min(asked.count, MOST_TRADES)
  const trades =
    asked.since === undefined
      ? recentTrades(market.series, { nowMs: market.clock.nowMs(), count })
      : tradesAfter(market, msOf(asked.since), count)
  const rows = trades.map((trade) => [
    price(trade.price),
    qty(trade.amount),
    trade.timeMs / 1000,
    trade.takerSells ? 's' : 'b',
    'l',
    '',
    trade.id,
  ])
  const newest = trades.at(-1)
  const last = newest === undefined ? (asked.since ?? '0') : String(BigInt(newest.timeMs) * NS_OF_MS)
  return { [market.native]: rows, last }
}

const msOf = (moment: string): number => {
  const [whole = ''] = moment.split('.')
  return whole.length <= DIGITS_OF_SECONDS
    ? Math.floor(Number(moment) * 1000)
    : Number(BigInt(whole) / NS_OF_MS)
}

/** A page ends with a whole millisecond, or the trades of the rest of it would be on none. */
const tradesAfter = (market: SimulatedMarket, afterMs: number, count: number): readonly NumberedTrade[] => {
  const { series, clock } = market
  const nowMs = clock.nowMs()
  const trades = tradesIn(series, { startMs: afterMs + 1, nowMs, count })
  const last = trades.at(-1)
  if (last === undefined) return trades
  const rest = tradesIn(series, { fromId: last.id + 1, endMs: last.timeMs, nowMs, count })
  return [...trades, ...rest]
}
