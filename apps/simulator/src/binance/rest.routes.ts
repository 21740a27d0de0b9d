import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { SimulatedBook } from '../market/book.ts'
import { klinesOf } from '../market/history.ts'
import { lastPrice, type SimulatedMarket } from '../market/market.ts'
import { klineRow, marketInfo, partialDepth, wireFormat } from './frames.ts'
import { type MarketsByName, marketOf, parse, Refusal } from './refusal.ts'
import { aggregateTrades, historicalTrades } from './public-trades.ts'
import { createWeightBudget } from './weight.ts'

const wholeMs = z.coerce.number().int().nonnegative()
const klineQuery = z.object({
  symbol: z.string(),
  interval: z.string(),
  startTime: wholeMs.optional(),
  endTime: wholeMs.optional(),
  limit: z.coerce.number().int().min(1).default(500),
})
const depthQuery = z.object({ symbol: z.string(), limit: z.coerce.number().int().min(1).default(100) })
const symbolQuery = z.object({ symbol: z.string().optional(), symbols: z.string().optional() })

export interface RestOptions {
  readonly markets: MarketsByName
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
}

/** The public market data calls of Binance spot (rest-api.md), as the real ccxt client uses them. */
export const registerRest = (app: FastifyInstance, options: RestOptions): void => {
  const budget = createWeightBudget(() => performance.now())
  const spend = (reply: FastifyReply, weight: number): boolean => {
    const { used, retryAfterSeconds } = budget.spend(weight)
    reply.header('x-mbx-used-weight', used).header('x-mbx-used-weight-1m', used)
    if (retryAfterSeconds === undefined) return true
    reply.code(429).header('retry-after', retryAfterSeconds)
    return false
  }
  const answer = (path: string, weight: number, build: (query: unknown) => unknown) => {
    app.get(`/api/v3/${path}`, async (request, reply) => {
      if (!spend(reply, weight)) return { code: -1003, msg: 'Too much request weight used.' }
      try {
        return build(request.query)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        reply.code(error.status)
        return { code: error.code, msg: error.message }
      }
    })
  }
  answer('ping', 1, () => ({}))
  answer('time', 1, () => ({ serverTime: options.nowMs() }))
  answer('exchangeInfo', 20, (query) => exchangeInfo(options, query))
  answer('klines', 2, (query) => klines(options, query))
  answer('depth', 50, (query) => depth(options, query))
  answer('trades', 25, (query) => historicalTrades(options.markets, query))
  answer('historicalTrades', 25, (query) => historicalTrades(options.markets, query))
  answer('aggTrades', 4, (query) => aggregateTrades(options.markets, query))
  answer('ticker/price', 4, (query) => prices(options, query))
}

const exchangeInfo = (options: RestOptions, query: unknown) => ({
  timezone: 'UTC',
  serverTime: options.nowMs(),
  rateLimits: [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
  ],
  exchangeFilters: [],
  symbols: marketsAsked(options, query).map(marketInfo),
})

const klines = (options: RestOptions, query: unknown) => {
  const asked = parse(klineQuery, query)
  const market = marketOf(options.markets, asked.symbol)
  const intervalMs = market.intervals.get(asked.interval)
  if (intervalMs === undefined) throw new Refusal(-1120, 'Invalid interval.')
  const found = klinesOf(market.series, {
    intervalMs,
    startMs: asked.startTime,
    endMs: asked.endTime,
    limit: Math.min(asked.limit, 1000),
    nowMs: market.clock.nowMs(),
  })
  return found.map((kline) => klineRow(market, kline))
}

const depth = (options: RestOptions, query: unknown) => {
  const asked = parse(depthQuery, query)
  const market = marketOf(options.markets, asked.symbol)
  return partialDepth(market, options.bookOf(market), Math.min(asked.limit, 5000))
}

const prices = (options: RestOptions, query: unknown) => {
  const found = marketsAsked(options, query).map((market) => ({
    symbol: market.native,
    price: wireFormat(market).price(lastPrice(market) ?? 0),
  }))
  return parse(symbolQuery, query).symbol === undefined ? found : found[0]
}

const marketsAsked = (options: RestOptions, query: unknown): readonly SimulatedMarket[] => {
  const { symbol, symbols } = parse(symbolQuery, query)
  if (symbol !== undefined) return [marketOf(options.markets, symbol)]
  if (symbols === undefined) return [...options.markets.values()]
  const names = z.string().transform(parseJson).pipe(z.array(z.string())).safeParse(symbols)
  if (!names.success) throw new Refusal(-1100, "Illegal characters found in parameter 'symbols'.")
  return names.data.map((name) => marketOf(options.markets, name))
}

const parseJson = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' })
    return z.NEVER
  }
}
