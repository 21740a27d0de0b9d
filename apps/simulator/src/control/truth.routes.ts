import { symbolName } from '@botcriptofy/contracts/stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { wireFormat as binanceDecimals } from '../binance/frames.ts'
import { wireDecimals as coinbaseDecimals } from '../coinbase/frames.ts'
import { wireNumbers as krakenNumbers } from '../kraken/numbers.ts'
import { type BookPlayback, bookVersionAt, plainBook } from '../market/book.ts'
import { tradesIn } from '../market/history.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'

const MOST_TRADES = 100_000

const id = z.coerce.number().int().nonnegative()
const tradesQuery = z.object({
  venue: z.enum(['binance', 'coinbase', 'kraken']),
  symbol: symbolName,
  fromId: id.default(0),
  toId: id.default(Number.MAX_SAFE_INTEGER),
})
const bookQuery = z.object({ timeMs: z.coerce.number().int() })

export interface TruthOptions {
  readonly markets: readonly SimulatedMarket[]
  readonly books: BookPlayback
}

/** What a check compares with what a client made of the frames. */
export const registerTruth = (app: FastifyInstance, { markets, books }: TruthOptions): void => {
  app.get('/simulator/book', async ({ query }) => {
    const { timeMs } = bookQuery.parse(query)
    return plainBook(books.market, books.at(bookVersionAt(books.market, timeMs)))
  })
  // Every trade that the market made until now, ascending; the side is the taker's.
  app.get('/simulator/truth/trades', async ({ query }, reply) => {
    const asked = tradesQuery.safeParse(query)
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) })
    const { venue, symbol, fromId, toId } = asked.data
    const market = markets.find((one) => pairOf(one) === symbol)
    if (market === undefined)
      return reply.code(404).send({ error: `symbol: expected one of the markets, was ${symbol}` })
    const { price, amount } = decimalsOf(market)[venue]
    const count = Math.max(0, Math.min(MOST_TRADES, toId - fromId + 1))
    const trades = tradesIn(market.series, { fromId, count, nowMs: market.clock.nowMs() })
    return {
      trades: trades.map((trade) => ({
        tradeId: String(trade.id),
        price: price(trade.price),
        amount: amount(trade.amount),
        side: trade.takerSells ? 'sell' : 'buy',
        timeMs: trade.timeMs,
      })),
    }
  })
}

/** Every exchange prints the same numbers in its own way. */
const decimalsOf = (market: SimulatedMarket) => {
  const coinbase = coinbaseDecimals(market)
  const kraken = krakenNumbers(market)
  return {
    binance: binanceDecimals(market),
    coinbase: { price: coinbase.price, amount: coinbase.size },
    kraken: { price: kraken.price, amount: kraken.qty },
  }
}
