import { describeProblem } from '@botcriptofy/engine/kernel'
import type { Get, Venue, VenueRest } from '../frame/index.ts'
import { bookFromDepth, SNAPSHOT_LEVELS } from './book-rule.ts'
import { candlesFromKlines } from './klines.ts'
import { binanceProtocol } from './protocol.ts'
import { symbolMapFrom } from './symbols.ts'
import { tradesFromRest } from './trades.ts'

const KLINES_PER_REQUEST = 1000
const TRADES_PER_REQUEST = 1000

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
  fetchTrades: async ({ symbol, native, fromId, toId }) => {
    const limit = Math.min(toId - fromId + 1, TRADES_PER_REQUEST)
    const query = new URLSearchParams({ symbol: native, fromId: String(fromId), limit: String(limit) })
    return tradesFromRest(await get(`/api/v3/historicalTrades?${query.toString()}`), symbol)
  },
  fetchLastTrade: async ({ symbol, native }) =>
    tradesFromRest(await get(`/api/v3/trades?symbol=${native}&limit=1`), symbol).at(-1),
  fetchBook: async ({ symbol, native }) =>
    bookFromDepth(await get(`/api/v3/depth?symbol=${native}&limit=${SNAPSHOT_LEVELS}`), symbol),
})

export const binance: Venue = { protocol: binanceProtocol, openRest }
