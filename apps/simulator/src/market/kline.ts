import type { NumberedTrade, StepBar } from './trades.ts'

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

/** What the trades of a whole bar add up to beyond its prices and volume. */
export interface BarFlow {
  readonly quoteVolume: number
  readonly takerBuyVolume: number
  readonly takerBuyQuoteVolume: number
  readonly trades: number
  readonly firstTradeId: number
}

/** The same as adding all its trades; a bar without volume tells its prices although nothing traded. */
export const addWholeBar = (kline: Kline, bar: StepBar, flow: BarFlow): void => {
  kline.high = Math.max(kline.high, bar.high)
  kline.low = Math.min(kline.low, bar.low)
  kline.close = bar.close
  kline.volume += bar.volume
  kline.quoteVolume += flow.quoteVolume
  kline.takerBuyVolume += flow.takerBuyVolume
  kline.takerBuyQuoteVolume += flow.takerBuyQuoteVolume
  if (flow.trades === 0) return
  kline.trades += flow.trades
  if (kline.firstTradeId < 0) kline.firstTradeId = flow.firstTradeId
  kline.lastTradeId = flow.firstTradeId + flow.trades - 1
}
