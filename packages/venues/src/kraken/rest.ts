import type { Get, Venue, VenueMarket, VenueRest } from '../frame/index.ts'
import { type KrakenMarkets, marketsOf, minutesOf } from './markets.ts'
import { krakenProtocol } from './protocol.ts'
import { tradesFromRest } from './trades.ts'

const TRADES_PER_REQUEST = 1000
const NS_PER_MS = 1_000_000n

const openRest = (get: Get): VenueRest => {
  let markets: KrakenMarkets | undefined
  const pairOf = ({ symbol, native }: VenueMarket) => markets?.toRestPair(symbol) ?? native
  const trades = async (market: VenueMarket, query: Readonly<Record<string, string>>) => {
    const search = new URLSearchParams({ pair: pairOf(market), ...query })
    return tradesFromRest(await get(`/0/public/Trades?${search.toString()}`), market.symbol)
  }
  return {
    fetchMarkets: async () => (markets = marketsOf(await get('/0/public/AssetPairs'))),
    // The newest 720 bars are all that the venue gives, wherever one asks it to begin.
    fetchClosedCandles: async ({ symbol, native, fromMs, toMs }) => {
      const pair = pairOf({ symbol, native })
      const query = new URLSearchParams({ pair, interval: '1', since: String(fromMs / 1000 - 1) })
      const body = await get(`/0/public/OHLC?${query.toString()}`)
      return minutesOf(body, { symbol, nowMs: toMs }).filter(
        ({ openTimeMs, closed }) => closed && openTimeMs >= fromMs,
      )
    },
    // Those after `since`, and the trade before the range has company in its millisecond.
    fetchTrades: ({ fromMs, ...market }) =>
      trades(market, {
        since: String(BigInt(fromMs) * NS_PER_MS - 1n),
        count: String(TRADES_PER_REQUEST),
      }),
    fetchLastTrade: async (market) => (await trades(market, { count: '1' })).at(-1),
  }
}

export const kraken: Venue = { protocol: krakenProtocol, openRest }
