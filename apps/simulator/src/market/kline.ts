import type { BarTrade, StepBar } from './trades.ts'

/** One kline as it grows; prices and amounts in steps, quote figures in price steps times amount steps. */
export interface Kline {
  readonly openMs: number
  readonly endMs: number
  readonly open: number
  high: number
  low: number
  close: number
  volume: number
  quoteVolume: number
  takerBuyVolume: number
  takerBuyQuoteVolume: number
  trades: number
  /** -1 while there was no trade, as the exchange says it. */
  firstTradeId: number
  lastTradeId: number
}

export interface NumberedTrade extends BarTrade {
  readonly id: number
}

export interface KlineSpan {
  readonly openMs: number
  readonly endMs: number
}

export const openKline = (span: KlineSpan, price: number): Kline => ({
  ...span,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  quoteVolume: 0,
  takerBuyVolume: 0,
  takerBuyQuoteVolume: 0,
  trades: 0,
  firstTradeId: -1,
  lastTradeId: -1,
})

export const addTrade = (kline: Kline, trade: NumberedTrade): void => {
  const quote = trade.price * trade.amount
  kline.high = Math.max(kline.high, trade.price)
  kline.low = Math.min(kline.low, trade.price)
  kline.close = trade.price
  kline.volume += trade.amount
  kline.quoteVolume += quote
  if (!trade.takerSells) {
    kline.takerBuyVolume += trade.amount
    kline.takerBuyQuoteVolume += quote
  }
  kline.trades += 1
  if (kline.firstTradeId < 0) kline.firstTradeId = trade.id
  kline.lastTradeId = trade.id
}

/** A bar without volume tells its prices although nothing traded. */
export const addQuietBar = (kline: Kline, bar: StepBar): void => {
  kline.high = Math.max(kline.high, bar.high)
  kline.low = Math.min(kline.low, bar.low)
  kline.close = bar.close
}
