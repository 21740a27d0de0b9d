import { type BookMove, changesOf, type SimulatedBook, type SimulatedLevel } from '../market/book.ts'
import type { DayFigures } from '../market/day.ts'
import type { Kline } from '../market/kline.ts'
import type { NumberedTrade } from '../market/trades.ts'
import type { SimulatedMarket } from '../market/market.ts'
import type { KlineState } from '../sockets/sockets.ts'
import { formatSteps, WIRE_DECIMALS } from '../market/units.ts'

/** The wire forms of Binance's market data: decimals are strings with eight places. */
export const wireFormat = ({ series }: SimulatedMarket) => {
  const { priceDecimals, amountDecimals } = series
  const quoteUnit = 10 ** (priceDecimals + amountDecimals)
  return {
    price: (steps: number): string => formatSteps(steps, priceDecimals),
    amount: (steps: number): string => formatSteps(steps, amountDecimals),
    quote: (steps: number): string => (steps / quoteUnit).toFixed(WIRE_DECIMALS),
    priceStep: formatSteps(1, priceDecimals),
    amountStep: formatSteps(1, amountDecimals),
  }
}

export const tradeEvent = (market: SimulatedMarket, trade: NumberedTrade) => {
  const { price, amount } = wireFormat(market)
  return {
    e: 'trade',
    E: trade.timeMs,
    s: market.native,
    t: trade.id,
    p: price(trade.price),
    q: amount(trade.amount),
    T: trade.timeMs,
    m: trade.takerSells,
    M: true,
  }
}

export const klineEvent = (market: SimulatedMarket, kline: Kline, state: KlineState) => {
  const { price, amount, quote } = wireFormat(market)
  return {
    e: 'kline',
    E: state.timeMs,
    s: market.native,
    k: {
      t: kline.openMs,
      T: kline.endMs - 1,
      s: market.native,
      i: state.interval,
      f: kline.firstTradeId,
      L: kline.lastTradeId,
      o: price(kline.open),
      c: price(kline.close),
      h: price(kline.high),
      l: price(kline.low),
      v: amount(kline.volume),
      n: kline.trades,
      x: state.closed,
      q: quote(kline.quoteVolume),
      V: amount(kline.takerBuyVolume),
      Q: quote(kline.takerBuyQuoteVolume),
      B: '0',
    },
  }
}

export const depthEvent = (market: SimulatedMarket, { before, after }: BookMove) => ({
  e: 'depthUpdate',
  E: after.timeMs,
  s: market.native,
  U: before.version + 1,
  u: after.version,
  b: levelRows(market, changesOf(before.bids, after.bids)),
  a: levelRows(market, changesOf(before.asks, after.asks)),
})

/** `GET /api/v3/depth`, and the streams of the best levels. */
export const partialDepth = (market: SimulatedMarket, book: SimulatedBook, levels: number) => ({
  lastUpdateId: book.version,
  bids: levelRows(market, book.bids.slice(0, levels)),
  asks: levelRows(market, book.asks.slice(0, levels)),
})

const levelRows = (market: SimulatedMarket, levels: readonly SimulatedLevel[]) => {
  const { price, amount } = wireFormat(market)
  return levels.map((level) => [price(level.price), amount(level.amount)])
}

export const tickerEvent = (market: SimulatedMarket, day: DayFigures) => {
  const { price, amount, quote } = wireFormat(market)
  const [bid, ask] = [day.book.bids[0], day.book.asks[0]]
  return {
    e: '24hrTicker',
    E: day.timeMs,
    s: market.native,
    p: ((day.last - day.open) / 10 ** market.series.priceDecimals).toFixed(WIRE_DECIMALS),
    P: (day.open === 0 ? 0 : ((day.last - day.open) / day.open) * 100).toFixed(3),
    w: price(day.volume === 0 ? day.last : Math.round(day.quoteVolume / day.volume)),
    c: price(day.last),
    b: price(bid?.price ?? 0),
    B: amount(bid?.amount ?? 0),
    a: price(ask?.price ?? 0),
    A: amount(ask?.amount ?? 0),
    o: price(day.open),
    h: price(day.high),
    l: price(day.low),
    v: amount(day.volume),
    q: quote(day.quoteVolume),
    O: day.timeMs - 86_400_000,
    C: day.timeMs,
    n: day.trades,
  }
}

export const klineRow = (market: SimulatedMarket, kline: Kline) => {
  const { price, amount, quote } = wireFormat(market)
  return [
    kline.openMs,
    price(kline.open),
    price(kline.high),
    price(kline.low),
    price(kline.close),
    amount(kline.volume),
    kline.endMs - 1,
    quote(kline.quoteVolume),
    kline.trades,
    amount(kline.takerBuyVolume),
    quote(kline.takerBuyQuoteVolume),
    '0',
  ]
}

/** Quote currency that an order is worth at least. */
export const MIN_NOTIONAL = 5

/** One market of `GET /api/v3/exchangeInfo`. */
export const marketInfo = (market: SimulatedMarket) => {
  const { priceStep, amountStep } = wireFormat(market)
  return {
    symbol: market.native,
    status: 'TRADING',
    baseAsset: market.base,
    baseAssetPrecision: 8,
    quoteAsset: market.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT'],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: priceStep, maxPrice: '90000000.00000000', tickSize: priceStep },
      { filterType: 'LOT_SIZE', minQty: amountStep, maxQty: '90000000.00000000', stepSize: amountStep },
      {
        filterType: 'NOTIONAL',
        minNotional: `${MIN_NOTIONAL}.00000000`,
        applyMinToMarket: true,
        avgPriceMins: 5,
      },
    ],
    permissions: ['SPOT'],
  }
}
