import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { StreamRecord } from '@botcriptofy/contracts/stream'
import { startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import {
  createDecoder as createBinanceDecoder,
  userDataPayload,
  userDataSubscribe,
} from '@botcriptofy/venues/binance'
import { decodeFrame as decodeCoinbase, userSubscribe } from '@botcriptofy/venues/coinbase'
import type { FrameDecoder } from '@botcriptofy/venues/frame'
import { createDecoder as createKrakenDecoder, privateSubscribe } from '@botcriptofy/venues/kraken'
import {
  AuthenticationError,
  binance,
  coinbase,
  type Exchange,
  type Order,
  InsufficientFunds,
  InvalidNonce,
  InvalidOrder,
  kraken,
  OrderNotFound,
} from 'ccxt'
import { afterAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'

const program = startApp({
  app: 'cli',
  args: ['simulate', '--port', '0', '--symbols', 'ABC/USDT,DEF/USDT', '--speed', '1200', '--json'],
})
afterAll(async () => void (await program.kill('SIGINT')))
const [line] = await program.waitForOutput(/^\{.*\}$/m, { limitMs: 30_000 })
const settings = z.record(z.string(), z.unknown())
const { url, symbols, venues } = z
  .object({
    url: z.string(),
    symbols: z.array(z.string()),
    venues: z.record(z.string(), z.object({ ccxt: settings, privateWebSocket: z.string() })),
  })
  .parse(JSON.parse(line))

type Venue = 'binance' | 'coinbase' | 'kraken'
const CLIENTS = { binance, coinbase, kraken }

const account = z.object({ apiKey: z.string(), secret: z.string() })
const post = (path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const openAccount = async (venue: Venue, given: object = {}) => {
  const answer = await post('/simulator/accounts', {
    venue,
    balances: { USDT: '1000000', ABC: '10.5' },
    ...given,
  })
  return account.parse(await answer.json())
}

/** The real client, with nothing but what the command printed and the credentials of an account. */
const clientOf = async (venue: Venue, credentials?: z.infer<typeof account>): Promise<Exchange> => {
  const client = new CLIENTS[venue]({
    ...venues[venue]?.ccxt,
    ...(credentials ?? (await openAccount(venue))),
  })
  await client.loadMarkets()
  return client
}
const texts = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(texts)

const PRICE = 'ABC/USDT'
/** Prices at which a sell rests, and at which it is filled at once. */
const touchOf = async (client: Exchange) => {
  const { bids, asks } = await client.fetchOrderBook(PRICE, 10)
  return { bid: Number(bids[0]?.[0]), ask: Number(asks[0]?.[0]) }
}
/** The client's types leave room for orders without an id; no exchange gives such. */
const idOf = ({ id }: Order): string => id ?? ''
/** The unified parameter, or that of the exchange where the client drops it. */
const clientIdOf = (venue: Venue, id: string) =>
  venue === 'coinbase' ? { client_order_id: id } : { clientOrderId: id }

test('prints addresses of which none leaves this machine', () => {
  expect(symbols).toEqual(['ABC/USDT', 'DEF/USDT'])
  for (const venue of ['binance', 'coinbase', 'kraken'] as const) {
    const addresses = texts(new CLIENTS[venue](venues[venue]?.ccxt).urls['api'])
    expect(addresses.length).toBeGreaterThan(1)
    for (const address of addresses) expect(address).toMatch(/^(http|ws):\/\/127\.0\.0\.1:\d+/)
  }
})

describe.each(['binance', 'coinbase', 'kraken'] as const)('an account of %s', (venue) => {
  test('has its balances, its orders and its trades through the real client', async () => {
    const client = await clientOf(venue)
    const before = await client.fetchBalance(venue === 'coinbase' ? { v3: true } : {})
    expect([before['USDT']?.free, before['ABC']?.total]).toEqual([1_000_000, 10.5])

    const { bid } = await touchOf(client)
    const low = Math.floor(bid / 2)
    const resting = await client.createOrder(PRICE, 'limit', 'buy', 0.5, low, clientIdOf(venue, 'first-1'))
    const [open] = await client.fetchOpenOrders(PRICE)
    expect(open).toMatchObject({ id: resting.id, clientOrderId: 'first-1', status: 'open', side: 'buy' })
    expect([open?.price, open?.amount, open?.filled]).toEqual([low, 0.5, 0])
    const during = await client.fetchBalance(venue === 'coinbase' ? { v3: true } : {})
    expect(during['USDT']?.used).toBeGreaterThanOrEqual(low / 2)
    expect(during['USDT']?.total).toBe(1_000_000)
    await client.cancelOrder(idOf(resting), PRICE)
    const cancelled = await client.fetchOrder(idOf(resting), PRICE)
    expect(cancelled).toMatchObject({ id: resting.id, status: 'canceled', filled: 0 })

    const sold = await client.createOrder(PRICE, 'market', 'sell', 0.25)
    const done = await client.fetchOrder(idOf(sold), PRICE)
    expect(done).toMatchObject({ status: 'closed', side: 'sell', filled: 0.25 })
    const trades = await client.fetchMyTrades(PRICE)
    const own = trades.filter((trade) => trade.order === sold.id)
    expect(own.reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBeCloseTo(0.25, 8)
    expect(
      own.every(({ side, takerOrMaker }) => side === 'sell' && (takerOrMaker ?? 'taker') === 'taker'),
    ).toBe(true)
    expect(own.every(({ fee }) => fee?.currency === 'USDT' && (fee?.cost ?? 0) > 0)).toBe(true)
    const closed = await client.fetchClosedOrders(PRICE)
    expect(closed.map(({ id }) => id)).toContain(sold.id)
    const after = await client.fetchBalance(venue === 'coinbase' ? { v3: true } : {})
    const received = own.reduce((sum, trade) => sum + (trade.cost ?? 0) - (trade.fee?.cost ?? 0), 0)
    expect(after['ABC']?.free).toBe(10.25)
    expect(after['USDT']?.free).toBeCloseTo(1_000_000 + received, 6)
    expect(await client.fetchTime()).toBeGreaterThan(0)
  })

  test('is filled while it rests, as the maker, by what the market trades', async () => {
    const client = await clientOf(venue)
    const { bid, ask } = await touchOf(client)
    // The market goes one way or the other.
    const below = await client.createOrder(PRICE, 'limit', 'buy', 0.001, Math.floor(bid * 0.995))
    const above = await client.createOrder(PRICE, 'limit', 'sell', 0.001, Math.ceil(ask * 1.005))
    const isFilled = async () => (await client.fetchMyTrades(PRICE)).length > 0
    await waitFor(isFilled, { describe: 'a fill', limitMs: 20_000 })
    const [trade] = await client.fetchMyTrades(PRICE)
    expect(trade).toMatchObject(
      trade?.side === 'buy'
        ? { order: below.id, price: Math.floor(bid * 0.995) }
        : { order: above.id, price: Math.ceil(ask * 1.005) },
    )
    if (venue !== 'kraken') expect(trade?.takerOrMaker).toBe('maker')
  })

  test('is refused what it cannot pay for, what is unknown, and what is not signed with its key', async () => {
    const credentials = await openAccount(venue)
    const client = await clientOf(venue, credentials)
    const { bid } = await touchOf(client)
    await expect(client.createOrder(PRICE, 'limit', 'buy', 10_000, bid)).rejects.toThrow(InsufficientFunds)
    const unknown = { binance: '4711', coinbase: 'nope', kraken: 'OAAAAA-AAAAA-AAAAAA' }[venue]
    await expect(client.cancelOrder(unknown, PRICE)).rejects.toThrow(
      venue === 'coinbase' ? Error : OrderNotFound,
    )
    const other = venue === 'coinbase' ? pemOfNobody() : Buffer.from('another secret').toString('base64')
    await expect(clientOf(venue, { ...credentials, secret: other }).then((one) => one.fetchBalance())) // The client has no word of its own for what Kraken says then.
      .rejects.toThrow(venue === 'kraken' ? /Invalid signature/ : AuthenticationError)
  })
})

const pemOfNobody = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'sec1', format: 'pem' })
    .toString()

describe('the rules of client order ids', () => {
  test('an id of an open order is refused by Binance, and may be used again later', async () => {
    const client = await clientOf('binance')
    const { bid } = await touchOf(client)
    const place = () =>
      client.createOrder(PRICE, 'limit', 'buy', 0.5, Math.floor(bid / 2), { clientOrderId: 'mine' })
    const order = await place()
    await expect(place()).rejects.toThrow(InvalidOrder)
    expect(await client.fetchOrder('', PRICE, { clientOrderId: 'mine' })).toMatchObject({ id: order.id })
    await client.cancelOrder('', PRICE, { clientOrderId: 'mine' })
    expect((await place()).id).not.toBe(order.id)
  })

  test('an id that Coinbase knows gives the same order again', async () => {
    const client = await clientOf('coinbase')
    const { bid } = await touchOf(client)
    const place = () =>
      client.createOrder(PRICE, 'limit', 'buy', 0.5, Math.floor(bid / 2), { client_order_id: 'mine' })
    const [first, second] = [await place(), await place()]
    expect(second.id).toBe(first.id)
    expect(await client.fetchOpenOrders(PRICE)).toHaveLength(1)
  })

  test('an open order of Kraken is found and cancelled by its id, which is taken until then', async () => {
    const client = await clientOf('kraken')
    const { bid } = await touchOf(client)
    const place = (id: string) =>
      client.createOrder(PRICE, 'limit', 'buy', 0.5, Math.floor(bid / 2), { clientOrderId: id })
    const order = await place('mine')
    await place('other')
    await expect(place('mine')).rejects.toThrow(/Duplicate/)
    const [found, ...others] = await client.fetchOpenOrders(PRICE, undefined, undefined, {
      clientOrderId: 'mine',
    })
    expect([found?.id, others]).toEqual([order.id, []])
    await client.cancelOrder(idOf(order), PRICE, { clientOrderId: 'mine' })
    expect(await client.fetchOpenOrders(PRICE)).toHaveLength(1)
  })
})

test('what Binance calls the outcome unknown, and a broken answer, leave the order booked', async () => {
  const client = await clientOf('binance')
  const { bid } = await touchOf(client)
  const place = (id: string) =>
    client.createOrder(PRICE, 'limit', 'buy', 0.5, Math.floor(bid / 2), { clientOrderId: id })
  for (const fault of ['timeout', 'resetAfter', 'cutBody', 'reset']) {
    await post('/simulator/faults', { venue: 'binance', fault, path: '/order' })
    await expect(place(fault)).rejects.toThrow(Error)
  }
  const booked = (await client.fetchOpenOrders(PRICE)).map(({ clientOrderId }) => clientOrderId)
  expect(new Set(booked)).toEqual(new Set(['cutBody', 'resetAfter', 'timeout']))
})

test('a request out of its time is refused by Binance, and a number that does not rise by Kraken', async () => {
  const late = await clientOf('binance')
  await post('/simulator/faults', { venue: 'binance', fault: 'clockSkew', skewMs: 80_000_000, forMs: 60_000 })
  await expect(late.fetchBalance()).rejects.toThrow(InvalidNonce)
  await fetch(`${url}/simulator/faults`, { method: 'DELETE' })
  await late.fetchBalance()
  const same = await clientOf('kraken')
  Object.assign(same, { nonce: () => 42 })
  await same.fetchBalance()
  await expect(same.fetchBalance()).rejects.toThrow(InvalidNonce)
})

type Credentials = z.infer<typeof account>
type Sessions = Readonly<
  Record<Venue, (credentials: Credentials, client: Exchange) => Promise<readonly string[]>>
>

/** As a client signs that the exchange's documents describe, and not the simulator. */
const jwtOf = ({ apiKey, secret }: Credentials, seconds = Math.floor(Date.now() / 1000)): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = part({ alg: 'ES256', kid: apiKey, typ: 'JWT', nonce: 'once' })
  const body = part({ sub: apiKey, iss: 'cdp', nbf: seconds, exp: seconds + 120 })
  const proof = sign('sha256', Buffer.from(`${head}.${body}`), { key: secret, dsaEncoding: 'ieee-p1363' })
  return `${head}.${body}.${proof.toString('base64url')}`
}

const SUBSCRIBE: Sessions = {
  binance: async ({ apiKey, secret }) => {
    const request = { apiKey, timestampMs: Date.now() }
    const signature = createHmac('sha256', secret).update(userDataPayload(request)).digest('hex')
    return [userDataSubscribe('1', { ...request, signature })]
  },
  coinbase: async (credentials) => [userSubscribe(jwtOf(credentials), ['ABC-USDT'])],
  kraken: async (_, client) => {
    const token = z
      .object({ result: z.object({ token: z.string() }) })
      .parse(await Reflect.get(client, 'privatePostGetWebSocketsToken').call(client)).result.token
    return [
      privateSubscribe({ channel: 'executions', token, requestId: 1 }),
      privateSubscribe({ channel: 'balances', token, requestId: 2 }),
    ]
  },
}
const DECODERS: Readonly<Record<Venue, () => FrameDecoder>> = {
  binance: () => createBinanceDecoder({ toSymbol: () => PRICE }),
  coinbase: () => decodeCoinbase,
  kraken: () => createKrakenDecoder(),
}

/** A private stream as our decoders understand it. */
const followOrders = async (venue: Venue, frames: readonly string[]) => {
  const socket = new WebSocket(venues[venue]?.privateWebSocket ?? '')
  const decode = DECODERS[venue]()
  const records: StreamRecord[] = []
  socket.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : ''
    const decoded = decode(text)
    expect(decoded.isUnderstood, text).toBe(true)
    records.push(...decoded.records)
  })
  await new Promise((resolve) => socket.once('open', resolve))
  for (const frame of frames) socket.send(frame)
  const ofType = <T extends StreamRecord['type']>(type: T) =>
    records.filter((record): record is Extract<StreamRecord, { type: T }> => record.type === type)
  return { socket, records, ofType }
}

describe.each(['binance', 'coinbase', 'kraken'] as const)('the private stream of %s', (venue) => {
  test('tells orders, fills and balances as they change, in the words of our records', async () => {
    const credentials = await openAccount(venue)
    const client = await clientOf(venue, credentials)
    const { socket, ofType } = await followOrders(venue, await SUBSCRIBE[venue](credentials, client))
    await waitFor(() => ofType('ack').length > 0, { describe: 'the answer' })
    const { bid } = await touchOf(client)
    const low = Math.floor(bid / 2)
    const resting = await client.createOrder(PRICE, 'limit', 'buy', 0.5, low, clientIdOf(venue, 'told-1'))
    await client.cancelOrder(idOf(resting), PRICE)
    const sold = await client.createOrder(PRICE, 'market', 'sell', 0.25)
    const statuses = (id: string) =>
      ofType('order').flatMap(({ orderId, status }) => (orderId === id ? [status] : []))
    await waitFor(() => statuses(idOf(sold)).includes('filled'), { describe: 'the end of the sale' })
    expect(statuses(idOf(resting))).toEqual(['open', 'cancelled'])
    const [first] = ofType('order').filter(({ orderId }) => orderId === resting.id)
    expect(first).toMatchObject({ symbol: PRICE, side: 'buy', clientOrderId: 'told-1', orderType: 'limit' })
    expect(Number(first?.price)).toBe(low)
    const last = ofType('order').findLast(({ orderId }) => orderId === sold.id)
    expect(Number(last?.filledAmount)).toBe(0.25)
    // Coinbase tells sums of orders only.
    if (venue !== 'coinbase') {
      const fills = ofType('fill').filter(({ orderId }) => orderId === sold.id)
      expect(fills.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeCloseTo(0.25, 8)
      expect(fills.every(({ isMaker, fees }) => isMaker === false && fees[0]?.currency === 'USDT')).toBe(true)
      const left = ofType('balance').findLast(({ currency }) => currency === 'ABC')
      expect(Number(left?.total ?? left?.free)).toBe(10.25)
    }
    socket.close()
  })

  test('is refused to whoever has not the key', async () => {
    const credentials = { ...(await openAccount(venue)), secret: pemOfNobody() }
    const wrong =
      venue === 'kraken' ? privateSubscribe({ channel: 'executions', token: 'x', requestId: 1 }) : ''
    const client = new CLIENTS[venue]()
    const frames = wrong === '' ? await SUBSCRIBE[venue](credentials, client) : [wrong]
    const { socket, ofType } = await followOrders(venue, frames)
    await waitFor(() => ofType('error').length > 0, { describe: 'a refusal' })
    expect(ofType('ack')).toEqual([])
    socket.close()
  })
})

test('keeps every unit: what the accounts have, the fees and the market’s side sum to what was given', async () => {
  const sums = z.record(z.string(), z.string())
  const report = z
    .object({
      accounts: z.array(
        z.object({ balances: z.record(z.string(), z.object({ free: z.string(), held: z.string() })) }),
      ),
      fees: sums,
      counterparty: sums,
    })
    .parse(await (await fetch(`${url}/simulator/accounts`)).json())
  const units = (text = '0') => {
    const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
    const size = BigInt(whole + fraction.padEnd(16, '0'))
    return text.startsWith('-') ? -size : size
  }
  const count = BigInt(report.accounts.length)
  for (const [asset, given] of [
    ['USDT', '1000000'],
    ['ABC', '10.5'],
  ] as const) {
    const had = report.accounts.reduce(
      (sum, { balances }) => sum + units(balances[asset]?.free) + units(balances[asset]?.held),
      0n,
    )
    expect(had + units(report.fees[asset]) + units(report.counterparty[asset])).toBe(units(given) * count)
  }
  expect(report.fees['USDT']).not.toBe('0')
})

test.each([
  [{ venue: 'binance', balances: { USDT: '-1' } }, 400],
  [{ venue: 'nope', balances: {} }, 400],
  [{ venue: 'binance', balances: {}, apiKey: 'twice', secret: 's' }, 201],
  [{ venue: 'binance', balances: {}, apiKey: 'twice', secret: 's' }, 409],
])('an account is opened or not: %j', async (body, status) => {
  expect((await post('/simulator/accounts', body)).status).toBe(status)
})
