import { generateKeyPairSync } from 'node:crypto'
import type { StreamRecord } from '@botcriptofy/contracts/stream'
import { createPacer } from '@botcriptofy/runtime/connection'
import { createLog } from '@botcriptofy/runtime/log'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { binancePrivate } from '../../apps/worker/src/venue/binance.private.ts'
import { coinbasePrivate } from '../../apps/worker/src/venue/coinbase.private.ts'
import { krakenPrivate } from '../../apps/worker/src/venue/kraken.private.ts'
import { PrivateStream } from '../../apps/worker/src/venue/private-stream.ts'
import {
  type AccountKey,
  clientIdOf,
  clientOf,
  idOf,
  openAccount,
  post,
  PRICE,
  touchOf,
  url,
  type Venue,
  venues,
} from './simulated-venues.fixture.ts'

const PRIVATE = { binance: binancePrivate, coinbase: coinbasePrivate, kraken: krakenPrivate }
const NATIVE = { binance: 'ABCUSDT', coinbase: 'ABC-USDT', kraken: PRICE }
/** What the venue calls the stream of own orders. */
const ORDERS = { binance: 'userData', coinbase: 'user', kraken: 'executions' }

const log = createLog({ name: 'test', level: 'silent' })

const follow = async (venue: Venue, credentials: AccountKey) => {
  const records: StreamRecord[] = []
  const told: string[] = []
  const stream = new PrivateStream({
    venue: PRIVATE[venue],
    credentials,
    webSocketUrl: venues[venue]?.privateWebSocket ?? '',
    restUrl: url,
    markets: new Map([[PRICE, NATIVE[venue]]]),
    dials: createPacer(10),
    random: () => 0,
    clock: Date.now,
    log,
    onRecord: (record) => void records.push(record),
    onUp: () => void told.push('up'),
    onDown: (reason) => void told.push(`down: ${reason}`),
    onRefused: (reason) => void told.push(`refused: ${reason}`),
  })
  onTestFinished(() => stream.close())
  stream.start()
  const ofType = <T extends StreamRecord['type']>(type: T) =>
    records.filter((record): record is Extract<StreamRecord, { type: T }> => record.type === type)
  return { stream, told, ofType }
}

afterEach(() => fetch(`${url}/simulator/faults`, { method: 'DELETE' }))

describe.each(['binance', 'coinbase', 'kraken'] as const)('the private stream of %s', (venue) => {
  test('tells orders, fills and balances as they change, in the words of our records', async () => {
    const credentials = await openAccount(venue)
    const client = await clientOf(venue, credentials)
    const { told, ofType } = await follow(venue, credentials)
    await waitFor(() => told.includes('up'), { describe: 'the answer' })
    const { bid } = await touchOf(client)
    const low = Math.floor(bid / 2)
    const resting = await client.createOrder(PRICE, 'limit', 'buy', 0.5, low, clientIdOf(venue, 'told-1'))
    await client.cancelOrder(idOf(resting), PRICE)
    const sold = await client.createOrder(PRICE, 'market', 'sell', 0.25)
    const statuses = (id: string) =>
      ofType('order').flatMap(({ orderId, status }) => (orderId === id ? [status] : []))
    await waitFor(() => statuses(idOf(sold)).includes('filled'), { describe: 'the end of the sale' })
    expect(statuses(idOf(resting))).toEqual(['open', 'cancelled'])
    const own = ofType('order').filter(({ orderId }) => orderId === resting.id)
    expect(own[0]).toMatchObject({ clientOrderId: 'told-1', side: 'buy', symbol: PRICE })
    const last = ofType('order').findLast(({ orderId }) => orderId === sold.id)
    expect(Number(last?.filledAmount)).toBe(0.25)
    // Coinbase tells sums of orders only.
    if (venue !== 'coinbase') {
      const fills = ofType('fill').filter(({ orderId }) => orderId === sold.id)
      expect(fills.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeCloseTo(0.25, 8)
      expect(fills.every(({ isMaker, fees }) => isMaker === false && fees[0]?.currency === 'USDT')).toBe(true)
      const isLeft = () => ofType('balance').findLast(({ currency }) => currency === 'ABC')
      await waitFor(() => Number(isLeft()?.total ?? isLeft()?.free) === 10.25, { describe: 'the balance' })
    }
    expect(told).toEqual(['up'])
  })

  test.each([
    ['ends', { fault: 'close' }],
    ...(venue === 'binance' ? [] : [['loses a frame', { fault: 'drop', stream: ORDERS[venue] }] as const]),
    ['has a frame that is cut', { fault: 'cut', stream: ORDERS[venue] }],
  ] as const)('says when it %s, comes back, and goes on', async (_, fault) => {
    const credentials = await openAccount(venue)
    const client = await clientOf(venue, credentials)
    const { told, ofType } = await follow(venue, credentials)
    await waitFor(() => told.length > 0, { describe: 'the answer' })
    await post('/simulator/faults', { venue, times: 1, ...fault })
    const { bid } = await touchOf(client)
    const isOpen = (id: string) => ofType('order').some((one) => one.orderId === id && one.status === 'open')
    const place = () => client.createOrder(PRICE, 'limit', 'buy', 0.01, Math.floor(bid / 2))
    await place()
    await place()
    await waitFor(() => told.length >= 3, { describe: 'another connection', limitMs: 20_000 })
    expect(told).toEqual(['up', expect.stringMatching('down: '), 'up'])
    const later = await place()
    await waitFor(() => isOpen(idOf(later)), { describe: 'an order after that' })
  })

  test('is refused once, for good, to whoever has not the key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ format: 'pem', type: 'sec1' }).toString()
    const { apiKey } = await openAccount(venue)
    const { told } = await follow(venue, { apiKey, secret: venue === 'coinbase' ? pem : 'bm9ib2R5' })
    await waitFor(() => told.length > 0, { describe: 'a refusal' })
    expect(told).toEqual([expect.stringMatching('refused: ')])
    expect(told[0]).not.toContain(pem)
  })
})

test('a secret that is no key is refused before anything is sent, and is not repeated', async () => {
  const { told } = await follow('coinbase', { apiKey: 'x', secret: 'my secret' })
  await waitFor(() => told.length > 0, { describe: 'a refusal' })
  expect(told).toEqual(['refused: coinbase: expected the secret to be an EC private key in PEM, was none'])
})
