import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { SimulatedBook } from '../market/book.ts'
import { klinesOf, recentTrades } from '../market/history.ts'
import { lastPrice, type SimulatedMarket } from '../market/market.ts'
import { candleRow, productOf, tradeRow, wireDecimals } from './frames.ts'

const GRANULARITIES: Readonly<Record<string, number>> = {
  ONE_MINUTE: 60_000,
  FIVE_MINUTE: 300_000,
  FIFTEEN_MINUTE: 900_000,
  THIRTY_MINUTE: 1_800_000,
  ONE_HOUR: 3_600_000,
  TWO_HOUR: 7_200_000,
  SIX_HOUR: 21_600_000,
  ONE_DAY: 86_400_000,
}
const MOST_CANDLES = 350

const seconds = z.coerce.number().int().nonnegative()
const candleQuery = z.object({
  start: seconds,
  end: seconds,
  granularity: z.string(),
  limit: z.coerce.number().int().min(1).max(MOST_CANDLES).default(MOST_CANDLES),
})
const tickerQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  start: seconds.optional(),
  end: seconds.optional(),
})
const bookQuery = z.object({ product_id: z.string(), limit: z.coerce.number().int().min(1).default(500) })
const idParams = z.object({ id: z.string() })

export interface CoinbaseRestOptions {
  readonly markets: readonly SimulatedMarket[]
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
}

const refuse = (reply: FastifyReply, status: number, error: string) => {
  reply.code(status)
  return { error, error_details: error, message: error }
}

/** The public calls of Coinbase's Advanced Trade REST interface, as the real ccxt client uses them. */
export const registerCoinbaseRest = (app: FastifyInstance, options: CoinbaseRestOptions): void => {
  registerAccounts(app, options)
  registerProducts(app, options)
  registerBook(app, options)
}

/** The older interface, of which clients read currencies and the time. */
const registerAccounts = (app: FastifyInstance, { markets, nowMs }: CoinbaseRestOptions): void => {
  const names = [...new Set(markets.flatMap(({ base, quote }) => [base, quote]))]
  app.get('/v2/time', async () => ({
    data: { iso: new Date(nowMs()).toISOString(), epoch: Math.floor(nowMs() / 1000) },
  }))
  app.get('/v2/currencies', async () => ({ data: [{ id: 'USD', name: 'US Dollar', min_size: '0.01' }] }))
  app.get('/v2/currencies/crypto', async () => ({ data: names.map((name) => ({ code: name, name })) }))
  app.get('/v2/exchange-rates', async () => ({
    data: { currency: 'USD', rates: Object.fromEntries(names.map((name) => [name, '1'])) },
  }))
}

const registerProducts = (app: FastifyInstance, options: CoinbaseRestOptions): void => {
  const { markets, nowMs, bookOf } = options
  const base = '/api/v3/brokerage'
  const marketOf = (params: unknown) => {
    const { id } = idParams.parse(params)
    return markets.find((market) => productOf(market) === id)
  }
  app.get(`${base}/time`, async () => ({
    iso: new Date(nowMs()).toISOString(),
    epochSeconds: String(Math.floor(nowMs() / 1000)),
    epochMillis: String(nowMs()),
  }))
  app.get(`${base}/market/products`, async ({ query }) => {
    const isSpot = !['FUTURE', 'PERPETUAL'].includes(
      z.object({ product_type: z.string().optional() }).parse(query).product_type ?? 'SPOT',
    )
    const products = isSpot ? markets.map(productInfo) : []
    return { products, num_products: products.length }
  })
  app.get(`${base}/market/products/:id`, async ({ params }, reply) => {
    const market = marketOf(params)
    return market === undefined ? refuse(reply, 404, 'NOT_FOUND') : productInfo(market)
  })
  app.get(`${base}/market/products/:id/candles`, async ({ params, query }, reply) => {
    const market = marketOf(params)
    if (market === undefined) return refuse(reply, 404, 'NOT_FOUND')
    const asked = candleQuery.safeParse(query)
    const intervalMs = GRANULARITIES[asked.data?.granularity ?? '']
    if (!asked.success || intervalMs === undefined) return refuse(reply, 400, 'INVALID_ARGUMENT')
    const { start, end, limit } = asked.data
    const range = { startMs: start * 1000, endMs: end * 1000, limit, nowMs: nowMs() }
    // Newest first.
    const klines = klinesOf(market.series, { ...range, intervalMs }).toReversed()
    return { candles: klines.map((kline) => candleRow(market, kline)) }
  })
  app.get(`${base}/market/products/:id/ticker`, async ({ params, query }, reply) => {
    const market = marketOf(params)
    if (market === undefined) return refuse(reply, 404, 'NOT_FOUND')
    const asked = tickerQuery.safeParse(query)
    if (!asked.success) return refuse(reply, 400, 'INVALID_ARGUMENT')
    const { price } = wireDecimals(market)
    const { bids, asks } = bookOf(market)
    return {
      trades: newestTrades(market, asked.data).map((trade) => tradeRow(market, trade)),
      best_bid: price(bids[0]?.price ?? 0),
      best_ask: price(asks[0]?.price ?? 0),
    }
  })
}

/** Newest first; bounds in seconds. */
const newestTrades = (market: SimulatedMarket, { start, end, limit }: z.infer<typeof tickerQuery>) => {
  const nowMs = market.clock.nowMs()
  const untilMs = end === undefined ? nowMs : Math.min(nowMs, end * 1000)
  const trades = recentTrades(market.series, { nowMs: untilMs, count: limit })
  return trades.filter(({ timeMs }) => timeMs >= (start ?? 0) * 1000).toReversed()
}

const registerBook = (app: FastifyInstance, { markets, bookOf }: CoinbaseRestOptions): void => {
  app.get('/api/v3/brokerage/market/product_book', async ({ query }, reply) => {
    const asked = bookQuery.safeParse(query)
    const market = markets.find((one) => productOf(one) === asked.data?.product_id)
    if (market === undefined || !asked.success) return refuse(reply, 404, 'NOT_FOUND')
    const { price, size } = wireDecimals(market)
    const { bids, asks, timeMs } = bookOf(market)
    const rows = (levels: typeof bids) =>
      levels
        .slice(0, asked.data.limit)
        .map((level) => ({ price: price(level.price), size: size(level.amount) }))
    const book = { product_id: productOf(market), bids: rows(bids), asks: rows(asks) }
    return { pricebook: { ...book, time: new Date(timeMs).toISOString() } }
  })
}

const productInfo = (market: SimulatedMarket) => {
  const { price, priceStep, sizeStep } = wireDecimals(market)
  return {
    product_id: productOf(market),
    price: price(lastPrice(market) ?? 0),
    base_increment: sizeStep,
    quote_increment: priceStep,
    price_increment: priceStep,
    base_min_size: sizeStep,
    base_max_size: '1000000',
    quote_min_size: '1',
    quote_max_size: '150000000',
    base_currency_id: market.base,
    quote_currency_id: market.quote,
    base_name: market.base,
    quote_name: market.quote,
    status: 'online',
    trading_disabled: false,
    is_disabled: false,
    product_type: 'SPOT',
  }
}
