import { z } from 'zod'
import { recentTrades, type TradeRange, tradesIn } from '../market/history.ts'
import type { SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'
import { wireFormat } from './frames.ts'
import { type MarketsByName, marketOf, parse } from './refusal.ts'

const MOST_TRADES = 1000

const whole = z.coerce.number().int().nonnegative()
const page = z.object({
  symbol: z.string(),
  fromId: whole.optional(),
  limit: z.coerce.number().int().min(1).default(500),
})
const timedPage = page.extend({ startTime: whole.optional(), endTime: whole.optional() })

/** `GET /api/v3/historicalTrades`: from an id on, or the newest. */
export const historicalTrades = (markets: MarketsByName, query: unknown) => {
  const { symbol, fromId, limit } = parse(page, query)
  const market = marketOf(markets, symbol)
  return tradesAsked(market, { fromId }, limit).map((trade) => tradeRow(market, trade))
}

/** `GET /api/v3/aggTrades`: every trade of this market has a taker of its own, so that each is its own aggregate. */
export const aggregateTrades = (markets: MarketsByName, query: unknown) => {
  const { symbol, fromId, startTime, endTime, limit } = parse(timedPage, query)
  const market = marketOf(markets, symbol)
  const range = { fromId, startMs: startTime, endMs: endTime }
  const { price, amount } = wireFormat(market)
  return tradesAsked(market, range, limit).map((trade) => ({
    a: trade.id,
    p: price(trade.price),
    q: amount(trade.amount),
    f: trade.id,
    l: trade.id,
    T: trade.timeMs,
    m: trade.takerSells,
    M: true,
  }))
}

const tradesAsked = (market: SimulatedMarket, range: TradeRange, limit: number): readonly NumberedTrade[] => {
  const nowMs = market.clock.nowMs()
  const count = Math.min(limit, MOST_TRADES)
  const isBounded = Object.values(range).some((bound) => bound !== undefined)
  return isBounded
    ? tradesIn(market.series, { ...range, nowMs, count })
    : recentTrades(market.series, { nowMs, count })
}

const tradeRow = (market: SimulatedMarket, trade: NumberedTrade) => {
  const { price, amount, quote } = wireFormat(market)
  return {
    id: trade.id,
    price: price(trade.price),
    qty: amount(trade.amount),
    quoteQty: quote(trade.price * trade.amount),
    time: trade.timeMs,
    isBuyerMaker: trade.takerSells,
    isBestMatch: true,
  }
}
