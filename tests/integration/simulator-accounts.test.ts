import { generateKeyPairSync } from 'node:crypto'
import { waitFor } from '@botcriptofy/testkit/wait'
import { AuthenticationError, InsufficientFunds, InvalidNonce, InvalidOrder, OrderNotFound } from 'ccxt'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  clientIdOf,
  clientOf,
  CLIENTS,
  idOf,
  openAccount,
  post,
  PRICE,
  symbols,
  touchOf,
  url,
  venues,
} from './simulated-venues.fixture.ts'

const texts = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(texts)

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
