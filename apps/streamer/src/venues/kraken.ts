import { type KrakenMarkets, krakenProtocol, marketsOf, minutesOf } from '@botcriptofy/venues/kraken'
import type { Get, Venue, VenueRest } from './venue.ts'

const openRest = (get: Get): VenueRest => {
  let markets: KrakenMarkets | undefined
  return {
    fetchMarkets: async () => (markets = marketsOf(await get('/0/public/AssetPairs'))),
    // The newest 720 bars are all that the venue gives, wherever one asks it to begin.
    fetchClosedCandles: async ({ symbol, native, fromMs, toMs }) => {
      const pair = markets?.toRestPair(symbol) ?? native
      const query = new URLSearchParams({ pair, interval: '1', since: String(fromMs / 1000 - 1) })
      const body = await get(`/0/public/OHLC?${query.toString()}`)
      return minutesOf(body, { symbol, nowMs: toMs }).filter(
        ({ openTimeMs, closed }) => closed && openTimeMs >= fromMs,
      )
    },
  }
}

export const kraken: Venue = { protocol: krakenProtocol, openRest }
