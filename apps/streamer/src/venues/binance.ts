import { describeProblem } from '@botcriptofy/engine/kernel'
import {
  binanceProtocol,
  bookFromDepth,
  candlesFromKlines,
  SNAPSHOT_LEVELS,
  symbolMapFrom,
} from '@botcriptofy/venues/binance'
import type { Get, Venue, VenueRest } from './venue.ts'

const KLINES_PER_REQUEST = 1000

const openRest = (get: Get): VenueRest => ({
  fetchMarkets: async () => {
    const map = symbolMapFrom(await get('/api/v3/exchangeInfo?showPermissionSets=false'))
    if (map.ok) return map.value
    throw new Error(`exchangeInfo: ${describeProblem(map.error)}`)
  },
  fetchClosedCandles: async ({ symbol, native, fromMs, toMs }) => {
    const query = new URLSearchParams({
      symbol: native,
      interval: '1m',
      startTime: String(fromMs),
      endTime: String(toMs - 1),
      limit: String(KLINES_PER_REQUEST),
    })
    const body = await get(`/api/v3/klines?${query.toString()}`)
    const candles = candlesFromKlines(body, { symbol, timeframe: '1m', nowMs: toMs })
    if (candles.ok) return candles.value.filter((candle) => candle.closed)
    throw new Error(`klines: ${describeProblem(candles.error)}`)
  },
  fetchBook: async ({ symbol, native }) =>
    bookFromDepth(await get(`/api/v3/depth?symbol=${native}&limit=${SNAPSHOT_LEVELS}`), symbol),
})

export const binance: Venue = { protocol: binanceProtocol, openRest }
