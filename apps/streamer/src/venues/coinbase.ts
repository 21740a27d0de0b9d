import { coinbaseProtocol, marketsOf, minutesOf } from '@botcriptofy/venues/coinbase'
import type { Get, Venue, VenueRest } from './venue.ts'

const CANDLES_PER_REQUEST = 350
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
})

export const coinbase: Venue = { protocol: coinbaseProtocol, openRest }
