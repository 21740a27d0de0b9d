import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SimulatedBook, SimulatedLevel } from '../market/book.ts'
import { klinesOf } from '../market/history.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import { formatSteps } from '../market/units.ts'
import { vwapOf } from './frames.ts'
import { wireNumbers } from './numbers.ts'
import { tradesPage, tradesQuery } from './public-trades.ts'
import { isInterval } from './requests.ts'

const MINUTE_MS = 60_000
/** The venue gives no more, however far back one asks. */
const MOST_BARS = 720

const refusal = (reason: string) => ({ error: [reason] })
const answer = (result: object) => ({ error: [], result })

const ohlcQuery = z.object({
  pair: z.string(),
  interval: z.coerce.number().refine(isInterval).default(1),
  since: z.coerce.number().nonnegative().optional(),
})
const depthQuery = z.object({ pair: z.string(), count: z.coerce.number().int().min(1).max(500).default(100) })

export interface KrakenRestOptions {
  readonly markets: readonly SimulatedMarket[]
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
  readonly isDown: () => boolean
}

/** The public calls of Kraken's REST interface (docs.kraken.com), as the real ccxt client uses them. */
export const registerKrakenRest = (app: FastifyInstance, options: KrakenRestOptions): void => {
  const { markets, nowMs } = options
  const marketOf = (pair: string) =>
    markets.find((market) => market.native === pair || pairOf(market) === pair)
  const path = (name: string) => `/0/public/${name}`
  app.get(path('Time'), async () =>
    answer({ unixtime: Math.floor(nowMs() / 1000), rfc1123: new Date(nowMs()).toUTCString() }),
  )
  app.get(path('SystemStatus'), async () =>
    answer({
      status: options.isDown() ? 'maintenance' : 'online',
      timestamp: new Date(nowMs()).toISOString(),
    }),
  )
  app.get(path('Assets'), async () => answer(assetsOf(markets)))
  app.get(path('AssetPairs'), async () =>
    answer(Object.fromEntries(markets.map((market) => [market.native, pairInfo(market)]))),
  )
  app.get(path('OHLC'), async ({ query }) => {
    const asked = ohlcQuery.safeParse(query)
    if (!asked.success) return refusal('EGeneral:Invalid arguments')
    const market = marketOf(asked.data.pair)
    if (market === undefined) return refusal('EQuery:Unknown asset pair')
    return answer(ohlcOf(market, asked.data))
  })
  app.get(path('Trades'), async ({ query }) => {
    const asked = tradesQuery.safeParse(query)
    if (!asked.success) return refusal('EGeneral:Invalid arguments')
    const market = marketOf(asked.data.pair)
    if (market === undefined) return refusal('EQuery:Unknown asset pair')
    return answer(tradesPage(market, asked.data))
  })
  app.get(path('Depth'), async ({ query }) => {
    const asked = depthQuery.safeParse(query)
    if (!asked.success) return refusal('EGeneral:Invalid arguments')
    const market = marketOf(asked.data.pair)
    if (market === undefined) return refusal('EQuery:Unknown asset pair')
    return answer(depthOf(market, options.bookOf(market), asked.data.count))
  })
}

const depthOf = (market: SimulatedMarket, { bids, asks, timeMs }: SimulatedBook, count: number) => {
  const { price, qty } = wireNumbers(market)
  const rows = (levels: readonly SimulatedLevel[]) =>
    levels.slice(0, count).map((level) => [price(level.price), qty(level.amount), Math.floor(timeMs / 1000)])
  return { [market.native]: { asks: rows(asks), bids: rows(bids) } }
}

const assetsOf = (markets: readonly SimulatedMarket[]) =>
  Object.fromEntries(
    markets
      .flatMap(({ base, quote }) => [base, quote])
      .map((name) => [
        name,
        { aclass: 'currency', altname: name, decimals: 10, display_decimals: 5, status: 'enabled' },
      ]),
  )

const pairInfo = (market: SimulatedMarket) => {
  const { priceDecimals } = market.series
  return {
    altname: market.native,
    wsname: pairOf(market),
    aclass_base: 'currency',
    base: market.base,
    aclass_quote: 'currency',
    quote: market.quote,
    lot: 'unit',
    cost_decimals: 8,
    pair_decimals: priceDecimals,
    lot_decimals: 8,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0.4]],
    fees_maker: [[0, 0.25]],
    fee_volume_currency: 'ZUSD',
    ordermin: '0.0001',
    costmin: '0.5',
    tick_size: formatSteps(1, priceDecimals, priceDecimals),
    status: 'online',
  }
}

const ohlcOf = (market: SimulatedMarket, { interval, since }: z.infer<typeof ohlcQuery>) => {
  const { price, qty } = wireNumbers(market)
  const nowMs = market.clock.nowMs()
  const query = { intervalMs: interval * MINUTE_MS, limit: MOST_BARS, nowMs }
  // `since` leaves out older bars, but the newest 720 are all there are.
  const klines = klinesOf(market.series, query).filter(({ openMs }) => openMs >= (since ?? 0) * 1000)
  const rows = klines.map((kline) => [
    kline.openMs / 1000,
    ...[kline.open, kline.high, kline.low, kline.close, vwapOf(kline)].map(price),
    qty(kline.volume),
    kline.trades,
  ])
  const closed = klines.filter(({ endMs }) => endMs <= nowMs).at(-1)
  return { [market.native]: rows, last: (closed?.openMs ?? 0) / 1000 }
}
