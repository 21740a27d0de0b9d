import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { createDecoder as createBinanceDecoder } from '@botcriptofy/venues/binance'
import { decodeFrame as decodeCoinbase } from '@botcriptofy/venues/coinbase'
import type { FrameDecoder } from '@botcriptofy/venues/frame'
import { createDecoder as createKrakenDecoder } from '@botcriptofy/venues/kraken'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { connectClient, startSimulator } from './simulator.fixture.ts'

const simulator = await startSimulator({
  SIMULATOR_SYMBOL: 'ABC/USDT',
  SIMULATOR_SPEED: '1200',
  SIMULATOR_HISTORY_BARS: '100',
})
afterAll(async () => void (await simulator.app.kill('SIGTERM')))

const get = async (path: string): Promise<unknown> => (await fetch(`${simulator.url}${path}`)).json()

/** What an exchange, or the market itself, says of a trade; price and amount as text, the side is the taker's. */
interface Told {
  readonly id: number
  readonly price: string
  readonly amount: string
  readonly side: 'buy' | 'sell'
}
interface Span {
  readonly first: number
  readonly last: number
}

const binanceRows = z.array(
  z.object({ id: z.int(), price: z.string(), qty: z.string(), isBuyerMaker: z.boolean() }),
)

const fromBinance = async ({ first, last }: Span): Promise<readonly Told[]> => {
  const found: Told[] = []
  for (let id = first; id <= last; id = (found.at(-1)?.id ?? last) + 1) {
    const page = await get(`/api/v3/historicalTrades?symbol=ABCUSDT&fromId=${id}&limit=40`)
    for (const row of binanceRows.parse(page))
      found.push({ id: row.id, price: row.price, amount: row.qty, side: row.isBuyerMaker ? 'sell' : 'buy' })
  }
  return found
}

const krakenPage = z.object({
  result: z.object({
    ABCUSDT: z.array(
      z.tuple([z.string(), z.string(), z.number(), z.enum(['b', 's']), z.string(), z.string(), z.int()]),
    ),
    last: z.string(),
  }),
})

const fromKraken = async ({ last }: Span, sinceMs: number): Promise<readonly Told[]> => {
  const found: Told[] = []
  let since = `${sinceMs}000000`
  while ((found.at(-1)?.id ?? 0) < last) {
    const { result } = krakenPage.parse(await get(`/0/public/Trades?pair=ABC/USDT&since=${since}&count=40`))
    since = result.last
    for (const [price, amount, , side, , , id] of result.ABCUSDT)
      found.push({ id, price, amount, side: side === 'b' ? 'buy' : 'sell' })
  }
  return found
}

const coinbaseRows = z.object({
  trades: z.array(
    z.object({ trade_id: z.string(), price: z.string(), size: z.string(), side: z.enum(['BUY', 'SELL']) }),
  ),
  best_bid: z.string(),
  best_ask: z.string(),
})

const fromCoinbase = async (_: Span, sinceMs: number): Promise<readonly Told[]> => {
  const bounds = `start=${Math.floor(sinceMs / 1000)}&end=${Math.ceil(sinceMs / 1000) + 86_400}`
  const page = await get(`/api/v3/brokerage/market/products/ABC-USDT/ticker?limit=1000&${bounds}`)
  const { trades, best_bid: bid, best_ask: ask } = coinbaseRows.parse(page)
  expect(Number(bid)).toBeLessThan(Number(ask))
  return trades.toReversed().map(({ trade_id: id, price, size, side }) => ({
    id: Number(id),
    price,
    amount: size,
    // It is the maker's, as on the socket.
    side: side === 'BUY' ? 'sell' : 'buy',
  }))
}

interface Venue {
  readonly path: string
  readonly request?: object
  readonly decode: () => FrameDecoder
  readonly fetchTrades: (span: Span, sinceMs: number) => Promise<readonly Told[]>
}

const VENUES: Readonly<Record<string, Venue>> = {
  binance: {
    path: '/ws/abcusdt@trade',
    decode: () => createBinanceDecoder({ toSymbol: () => 'ABC/USDT' }),
    fetchTrades: fromBinance,
  },
  kraken: {
    path: '/v2',
    request: { method: 'subscribe', params: { channel: 'trade', symbol: ['ABC/USDT'] } },
    decode: () => createKrakenDecoder(),
    fetchTrades: fromKraken,
  },
  coinbase: {
    path: '/',
    request: { type: 'subscribe', product_ids: ['ABC-USDT'], channel: 'market_trades' },
    decode: () => decodeCoinbase,
    fetchTrades: fromCoinbase,
  },
}

const truth = z.object({
  trades: z.array(
    z.object({ tradeId: z.string(), price: z.string(), amount: z.string(), side: z.enum(['buy', 'sell']) }),
  ),
})

test.each(Object.entries(VENUES))(
  'what the socket of %s tells of trades is what its REST side and the truth tell',
  async (venue, { path, request, decode, fetchTrades }) => {
    const client = await connectClient(`${simulator.webSocketUrl}${path}`)
    if (request) client.send(request)
    const decoder = decode()
    const trades: TradeRecord[] = []
    let at = 0
    await waitFor(
      () => {
        for (; at < client.frames.length; at += 1)
          for (const record of decoder(JSON.stringify(client.frames[at])).records)
            if (record.type === 'trade') trades.push(record)
        return trades.length > 200
      },
      { describe: '200 trades' },
    )
    client.close()
    const told = new Map(
      trades.map(({ tradeId, price, amount, side }) => [
        tradeId,
        { id: Number(tradeId), price, amount, side },
      ]),
    )
    const sent = [...told.values()].toSorted((a, b) => a.id - b.id)
    const [first, last] = [sent[0]?.id ?? 0, sent.at(-1)?.id ?? 0]
    const isSent = ({ id }: Told) => id >= first && id <= last
    const oldestMs = Math.min(...trades.map(({ exchangeTimeMs }) => exchangeTimeMs ?? 0))
    const fetched = await fetchTrades({ first, last }, oldestMs - 1)
    // JSON.parse has taken the zeros from the ends of what Kraken sends.
    const plain = (one: Told) => ({ ...one, price: Number(one.price), amount: Number(one.amount) })
    expect(fetched.filter(isSent).map(plain)).toEqual(sent.map(plain))
    const own = truth.parse(
      await get(`/simulator/truth/trades?venue=${venue}&symbol=ABC/USDT&fromId=${first}&toId=${last}`),
    )
    expect(own.trades.map(({ tradeId, ...rest }) => ({ id: Number(tradeId), ...rest }))).toEqual(
      fetched.filter(isSent),
    )
  },
)

test('the truth of no market, or of an unknown exchange, is refused', async () => {
  const ask = (query: string) => fetch(`${simulator.url}/simulator/truth/trades?${query}`)
  expect((await ask('venue=binance&symbol=NO/PE')).status).toBe(404)
  expect((await ask('venue=nope&symbol=ABC/USDT')).status).toBe(400)
})
