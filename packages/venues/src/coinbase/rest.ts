import type { Get, Venue, VenueRest } from '../frame/index.ts'
import { marketsOf, minutesOf } from './markets.ts'
import { coinbaseProtocol } from './protocol.ts'
import { tradesFromRest } from './trades.ts'

const CANDLES_PER_REQUEST = 350
const TRADES_PER_REQUEST = 1000
const MINUTE_MS = 60_000
const PRODUCTS = '/api/v3/brokerage/market/products'

const openRest = (get: Get): VenueRest => ({
  fetchMarkets: async () => marketsOf(await get(`${PRODUCTS}?product_type=SPOT`)),
  fetchClosedCandles: async ({ symbol, native, fromMs, toMs }) => {
    const startMs = Math.max(fromMs, toMs - CANDLES_PER_REQUEST * MINUTE_MS)
    const query = new URLSearchParams({
      granularity: 'ONE_MINUTE',
      start: String(startMs / 1000),
      // Both ends are part of the answer.
      end: String(toMs / 1000 - 1),
    })
    const body = await get(`${PRODUCTS}/${native}/candles?${query.toString()}`)
    return minutesOf(body, { symbol, nowMs: toMs }).filter(({ closed }) => closed)
  },
  fetchTrades: async ({ native, fromMs, toMs }) => {
    const query = new URLSearchParams({
      limit: String(TRADES_PER_REQUEST),
      start: String(Math.floor(fromMs / 1000)),
      end: String(Math.ceil(toMs / 1000)),
    })
    return tradesFromRest(await get(`${PRODUCTS}/${native}/ticker?${query.toString()}`))
  },
  fetchLastTrade: async ({ native }) =>
    tradesFromRest(await get(`${PRODUCTS}/${native}/ticker?limit=1`)).at(-1),
})

export const coinbase: Venue = { protocol: coinbaseProtocol, openRest }
