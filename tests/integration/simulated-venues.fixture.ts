import { startApp } from '@botcriptofy/testkit/process'
import { binance, coinbase, type Exchange, kraken, type Order } from 'ccxt'
import { afterAll } from 'vitest'
import { z } from 'zod'

const program = startApp({
  app: 'cli',
  args: ['simulate', '--port', '0', '--symbols', 'ABC/USDT,DEF/USDT', '--speed', '1200', '--json'],
})
afterAll(async () => void (await program.kill('SIGINT')))
const [line] = await program.waitForOutput(/^\{.*\}$/m, { limitMs: 30_000 })
const settings = z.record(z.string(), z.unknown())
export const { url, symbols, venues } = z
  .object({
    url: z.string(),
    symbols: z.array(z.string()),
    venues: z.record(z.string(), z.object({ ccxt: settings, privateWebSocket: z.string() })),
  })
  .parse(JSON.parse(line))

export type Venue = 'binance' | 'coinbase' | 'kraken'
export const CLIENTS = { binance, coinbase, kraken }

const account = z.object({ apiKey: z.string(), secret: z.string() })
export const post = (path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
export const openAccount = async (venue: Venue, given: object = {}) => {
  const answer = await post('/simulator/accounts', {
    venue,
    balances: { USDT: '1000000', ABC: '10.5' },
    ...given,
  })
  return account.parse(await answer.json())
}

export type AccountKey = z.infer<typeof account>

/** The real client, with nothing but what the command printed and the credentials of an account. */
export const clientOf = async (venue: Venue, credentials?: AccountKey): Promise<Exchange> => {
  const client = new CLIENTS[venue]({
    ...venues[venue]?.ccxt,
    ...(credentials ?? (await openAccount(venue))),
  })
  await client.loadMarkets()
  return client
}
export const PRICE = 'ABC/USDT'
/** Prices at which a sell rests, and at which it is filled at once. */
export const touchOf = async (client: Exchange) => {
  const { bids, asks } = await client.fetchOrderBook(PRICE, 10)
  return { bid: Number(bids[0]?.[0]), ask: Number(asks[0]?.[0]) }
}
/** The client's types leave room for orders without an id; no exchange gives such. */
export const idOf = ({ id }: Order): string => id ?? ''
/** The unified parameter, or that of the exchange where the client drops it. */
export const clientIdOf = (venue: Venue, id: string) =>
  venue === 'coinbase' ? { client_order_id: id } : { clientOrderId: id }
