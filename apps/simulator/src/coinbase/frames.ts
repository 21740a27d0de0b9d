import { type BookMove, changesOf, type SimulatedBook, type SimulatedLevel } from '../market/book.ts'
import type { DayFigures } from '../market/day.ts'
import type { Kline } from '../market/kline.ts'
import type { SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'
import { formatSteps } from '../market/units.ts'

/** `BTC-USDT`. */
export const productOf = ({ base, quote }: SimulatedMarket): string => `${base}-${quote}`

/** Decimals are strings without zeros at their ends. */
export const wireDecimals = ({ series: { priceDecimals, amountDecimals } }: SimulatedMarket) => {
  const shorten = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  return {
    price: (steps: number): string => shorten(formatSteps(steps, priceDecimals)),
    size: (steps: number): string => shorten(formatSteps(steps, amountDecimals)),
    priceStep: formatSteps(1, priceDecimals, priceDecimals),
    sizeStep: formatSteps(1, amountDecimals, amountDecimals),
  }
}

/** The side is the maker's: where the taker sold, the maker bought. */
export const tradeRow = (market: SimulatedMarket, trade: NumberedTrade) => {
  const { price, size } = wireDecimals(market)
  return {
    product_id: productOf(market),
    trade_id: String(trade.id),
    price: price(trade.price),
    size: size(trade.amount),
    time: new Date(trade.timeMs).toISOString(),
    side: trade.takerSells ? 'BUY' : 'SELL',
  }
}

export const bookSnapshot = (market: SimulatedMarket, { bids, asks, timeMs }: SimulatedBook) => ({
  type: 'snapshot',
  product_id: productOf(market),
  updates: [
    ...levelRows(market, { side: 'bid', levels: bids, timeMs }),
    ...levelRows(market, { side: 'offer', levels: asks, timeMs }),
  ],
})

/** The venue's snapshot of its largest book has five megabytes; ours has with so many levels. */
const HUGE_LEVELS = 51_000

/** As large as the largest: filled up with levels at which nothing rests, so that the book is the same. */
export const hugeSnapshot = (market: SimulatedMarket, book: SimulatedBook) => {
  const snapshot = bookSnapshot(market, book)
  const top = book.asks.at(-1)?.price ?? 0
  const missing = Math.max(0, HUGE_LEVELS - snapshot.updates.length)
  const levels = Array.from({ length: missing }, (_, at) => ({ price: top + 1 + at, amount: 0 }))
  const empty = levelRows(market, { side: 'offer', levels, timeMs: book.timeMs })
  return { ...snapshot, updates: [...snapshot.updates, ...empty] }
}

export const bookUpdate = (market: SimulatedMarket, { before, after }: BookMove) => {
  const { timeMs } = after
  const bids = changesOf(before.bids, after.bids)
  const asks = changesOf(before.asks, after.asks)
  return { ...bookSnapshot(market, { ...after, bids, asks, timeMs }), type: 'update' }
}

interface SideRows {
  readonly side: 'bid' | 'offer'
  readonly levels: readonly SimulatedLevel[]
  readonly timeMs: number
}

const levelRows = (market: SimulatedMarket, { side, levels, timeMs }: SideRows) => {
  const { price, size } = wireDecimals(market)
  const event_time = new Date(timeMs).toISOString()
  return levels.map((level) => ({
    side,
    event_time,
    price_level: price(level.price),
    new_quantity: size(level.amount),
  }))
}

export const tickerRow = (market: SimulatedMarket, day: DayFigures) => {
  const { price, size } = wireDecimals(market)
  const [bid, ask] = [day.book.bids[0], day.book.asks[0]]
  return {
    type: 'ticker',
    product_id: productOf(market),
    price: price(day.last),
    volume_24_h: size(day.volume),
    low_24_h: price(day.low),
    high_24_h: price(day.high),
    price_percent_chg_24_h: String(day.open === 0 ? 0 : ((day.last - day.open) / day.open) * 100),
    best_bid: price(bid?.price ?? 0),
    best_bid_quantity: size(bid?.amount ?? 0),
    best_ask: price(ask?.price ?? 0),
    best_ask_quantity: size(ask?.amount ?? 0),
  }
}

export const candleRow = (market: SimulatedMarket, kline: Kline) => {
  const { price, size } = wireDecimals(market)
  return {
    start: String(kline.openMs / 1000),
    high: price(kline.high),
    low: price(kline.low),
    open: price(kline.open),
    close: price(kline.close),
    volume: size(kline.volume),
  }
}
