import type { TradeRecord } from '@botcriptofy/contracts/stream'
import type { TapePosition } from '@botcriptofy/runtime/stream'
import { MarketTape } from './market-tape.ts'
import type { SequenceStep } from './trade-sequence.ts'

/**
 * The tape of a market whose shard was taken over: it begins where the stored one ends, and what was remembered follows.
 * What is stored already is dropped, and a hole is named like any other.
 */
export const continueTape = (
  position: TapePosition,
  remembered: MarketTape,
  onStep: (trade: TradeRecord, step: SequenceStep) => void,
): MarketTape => {
  const { market, newestBook } = remembered
  const tape = new MarketTape(market, position)
  const batches = remembered.takePending()
  // What was before a restart of the venue cannot be continued by anybody.
  const from = batches.findLastIndex(({ restart }) => restart)
  const isStored = ({ tradeId, exchangeTimeMs }: TradeRecord): boolean =>
    from < 0 &&
    Number(tradeId) <= (position.lastTradeId ?? -1) &&
    exchangeTimeMs <= (position.lastTradeTimeMs ?? -1)
  for (const { trades, candles, ticker, receivedMs } of batches.slice(Math.max(0, from))) {
    for (const trade of trades) {
      // Almost all of them are, which is no news.
      if (!isStored(trade)) onStep(trade, tape.addTrade(trade, receivedMs))
    }
    for (const candle of candles) tape.addCandle(candle, receivedMs)
    if (ticker !== undefined) tape.setTicker(ticker, receivedMs)
  }
  const about = { ...market, reason: 'taken over', atMs: Date.now() }
  if (newestBook?.type === 'book_snapshot') {
    if (!position.hasBook) tape.addBook({ type: 'gap_closed', ...about }, about.atMs)
    tape.addBook(newestBook, about.atMs)
  } else if (position.hasBook) tape.addBook({ type: 'gap_open', ...about }, about.atMs)
  return tape
}
