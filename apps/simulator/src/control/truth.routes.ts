import { symbolName } from '@botcriptofy/contracts/stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { wireFormat as binanceDecimals } from '../binance/frames.ts'
import { wireDecimals as coinbaseDecimals } from '../coinbase/frames.ts'
import { wireNumbers as krakenNumbers } from '../kraken/numbers.ts'
import { bookVersionAt, plainBook } from '../market/book.ts'
import { tradesIn } from '../market/history.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import type { MarketPlayer } from '../market/player.ts'

const MOST_TRADES = 100_000

const id = z.coerce.number().int().nonnegative()
const tradesQuery = z.object({
  venue: z.enum(['binance', 'coinbase', 'kraken']),
  symbol: symbolName,
  fromId: id.default(0),
  toId: id.default(Number.MAX_SAFE_INTEGER),
})
const bookQuery = z.object({ timeMs: z.coerce.number().int(), symbol: symbolName.optional() })

export interface TruthOptions {
  readonly players: readonly MarketPlayer[]
}

/** What a check compares with what a client made of the frames. */
export const registerTruth = (app: FastifyInstance, { players }: TruthOptions): void => {
  // The first market has no need of a name.
  const playerOf = (symbol?: string) =>
    symbol === undefined ? players[0] : players.find(({ market }) => pairOf(market) === symbol)
  const unknown = (symbol?: string) => ({ error: `symbol: expected one of the markets, was ${symbol}` })
  app.get('/simulator/book', async ({ query }, reply) => {
    const asked = bookQuery.safeParse(query)
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) })
    const player = playerOf(asked.data.symbol)
    if (player === undefined) return reply.code(404).send(unknown(asked.data.symbol))
    const { market, books } = player
    return plainBook(market, books.at(bookVersionAt(market, asked.data.timeMs)))
  })
  // Every trade that the market made until now, ascending; the side is the taker's.
  app.get('/simulator/truth/trades', async ({ query }, reply) => {
    const asked = tradesQuery.safeParse(query)
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) })
    const { venue, symbol, fromId, toId } = asked.data
    const market = playerOf(symbol)?.market
    if (market === undefined) return reply.code(404).send(unknown(symbol))
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
