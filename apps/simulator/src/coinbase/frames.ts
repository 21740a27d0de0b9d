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
