import type { WebSocket } from 'ws'
import type { FaultBoard } from '../faults/fault-board.ts'
import type { FaultyWire } from '../faults/faulty-wire.ts'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import type { Order } from '../accounts/order.ts'
import type { OrderFeed } from '../accounts/order-feed.ts'
import type { SimulatedBook } from '../market/book.ts'
import { klinesOf, recentTrades } from '../market/history.ts'
import type { SimulatedMarket } from '../market/market.ts'
import { userOrder } from './orders.ts'
import { bookSnapshot, candleRow, hugeSnapshot, productOf, tradeRow } from './frames.ts'

const CHANNELS = ['market_trades', 'ticker', 'level2', 'candles', 'heartbeats', 'user'] as const
/** Frames of a book do not say the name that one subscribes to. */
const FRAME_NAMES: Partial<Record<Channel | 'subscriptions', string>> = { level2: 'l2_data' }
type Channel = (typeof CHANNELS)[number]

const request = z.object({
  type: z.enum(['subscribe', 'unsubscribe']),
  channel: z.enum(CHANNELS),
  product_ids: z.array(z.string()).default([]),
  jwt: z.string().optional(),
})

/** A client that asks for nothing is not kept. */
const SUBSCRIBE_WITHIN_MS = 5000
const HEARTBEAT_EVERY_MS = 1000
const SNAPSHOT_TRADES = 50
const SNAPSHOT_CANDLES = 100
/** Candles are of five minutes, and of nothing else. */
export const CANDLE_INTERVAL = '5m'
const CANDLE_MS = 300_000

export interface SessionOptions {
  readonly socket: WebSocket
  readonly markets: readonly SimulatedMarket[]
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
  readonly board: FaultBoard
  readonly feed: OrderFeed
  /** Whose token it is; undefined for any other. */
  readonly accountOfToken: (token: string) => Account | undefined
}

interface Stream {
  readonly channel: Channel
  readonly product: string
}
interface Sent {
  readonly channel: Channel | 'subscriptions'
  readonly product?: string
}

/** One client connection of Advanced Trade: its subscriptions, and the number that counts its frames. */
export class CoinbaseSession {
  readonly #wire: FaultyWire
  readonly #options: SessionOptions
  readonly #subscribed = new Map<Channel, Set<string>>()
  readonly #idle: NodeJS.Timeout
  readonly #heartbeats: NodeJS.Timeout
  #unfollow: (() => void) | undefined
  #sequence = 0
  #beats = 0

  constructor(options: SessionOptions) {
    const { socket, board } = options
    this.#options = options
    this.#wire = board.open({ venue: 'coinbase', socket, streams: () => this.#streams() })
    this.#idle = setTimeout(() => socket.close(1008, 'no subscription'), SUBSCRIBE_WITHIN_MS)
    this.#heartbeats = setInterval(() => this.#beat(), HEARTBEAT_EVERY_MS)
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#onMessage(data.toString('utf8'))
    })
    socket.on('close', () => {
      clearTimeout(this.#idle)
      clearInterval(this.#heartbeats)
      this.#unfollow?.()
    })
  }

  /** `timeMs` where the event has a time of its own. */
  send({ channel, product }: Stream, event: object, timeMs?: number): void {
    if (this.#subscribed.get(channel)?.has(product) !== true) return
    if (!this.#wire.isSilenced(`${channel}:${product}`)) this.#send({ channel, product }, event, timeMs)
  }

  #streams(): readonly string[] {
    return [...this.#subscribed].flatMap(([channel, products]) =>
      products.size === 0 ? [channel] : [...products].map((product) => `${channel}:${product}`),
    )
  }

  /** The number goes up with every frame of the connection, whatever the channel. */
  #send({ channel, product }: Sent, event: object, timeMs = this.#options.nowMs()): void {
    const timestamp = new Date(timeMs).toISOString()
    const frame = {
      channel: FRAME_NAMES[channel] ?? channel,
      client_id: '',
      timestamp,
      sequence_num: this.#sequence++,
      events: [event],
    }
    this.#wire.send(product === undefined ? channel : `${channel}:${product}`, JSON.stringify(frame))
  }

  #beat(): void {
    if (!this.#subscribed.has('heartbeats') || this.#wire.take('slowPings', 'heartbeats')) return
    const time = new Date(this.#options.nowMs()).toISOString().replace('T', ' ').replace('Z', '')
    const event = {
      current_time: `${time}000000 +0000 UTC m=+${this.#beats}.5`,
      heartbeat_counter: this.#beats++,
    }
    this.#send({ channel: 'heartbeats' }, event)
  }

  #onMessage(text: string): void {
    const asked = readRequest(text)
    if (asked === undefined)
      return this.#wire.answer(JSON.stringify({ type: 'error', message: 'failure to subscribe' }))
    if (this.#wire.take('lostRequest', text)) return
    clearTimeout(this.#idle)
    if (asked.channel === 'user') return this.#askUser(asked)
    if (asked.type === 'subscribe')
      for (const id of asked.product_ids) this.#wire.subscribed(`${asked.channel}:${id}`)
    const known = this.#options.markets.filter((market) => asked.product_ids.includes(productOf(market)))
    const products = this.#subscribed.get(asked.channel) ?? new Set()
    if (asked.type === 'unsubscribe') for (const name of asked.product_ids) products.delete(name)
    else for (const market of known) products.add(productOf(market))
    const isBeating = asked.channel === 'heartbeats' && asked.type === 'subscribe'
    if (products.size > 0 || isBeating) this.#subscribed.set(asked.channel, products)
    else this.#subscribed.delete(asked.channel)
    // The first data may come before the answer.
    if (asked.type === 'subscribe') for (const market of known) this.#sendSnapshot(asked.channel, market)
    this.#acknowledge()
  }

  #acknowledge(): void {
    const subscriptions = Object.fromEntries([...this.#subscribed].map(([name, ids]) => [name, [...ids]]))
    this.#send({ channel: 'subscriptions' }, { subscriptions })
  }

  /** Own orders, of the products named or of all. */
  #askUser({ type, jwt = '', product_ids }: z.infer<typeof request>): void {
    const account = this.#options.accountOfToken(jwt)
    if (account === undefined)
      return this.#wire.answer(JSON.stringify({ type: 'error', message: 'authentication failure' }))
    this.#unfollow?.()
    this.#unfollow = undefined
    if (type === 'unsubscribe') {
      this.#subscribed.delete('user')
      return this.#acknowledge()
    }
    const isMeant = (product: string) => product_ids.length === 0 || product_ids.includes(product)
    this.#subscribed.set('user', new Set(product_ids))
    this.#wire.subscribed('user')
    const tell = (kind: 'snapshot' | 'update', orders: readonly Order[]) => {
      const meant = orders.filter(({ market }) => isMeant(productOf(market)))
      if (this.#wire.isSilenced('user') || (kind === 'update' && meant.length === 0)) return
      this.#send({ channel: 'user' }, { type: kind, orders: meant.map(userOrder) })
    }
    tell('snapshot', account.openOrders())
    this.#unfollow = this.#options.feed.follow(account, ({ order }) => tell('update', [order]))
    this.#acknowledge()
  }

  #sendSnapshot(channel: Channel, market: SimulatedMarket): void {
    const stream = { channel, product: productOf(market) }
    const name = `${channel}:${stream.product}`
    const snapshot = this.#wire.isSilenced(name) ? undefined : this.#snapshotOf(stream, market)
    if (snapshot === undefined) return
    const { event, timeMs } = snapshot
    this.#send(stream, event, timeMs)
    if (this.#wire.take('snapshotTwice', name)) this.#send(stream, event, timeMs)
  }

  #snapshotOf(
    { channel, product }: Stream,
    market: SimulatedMarket,
  ): { readonly event: object; readonly timeMs?: number } | undefined {
    const nowMs = market.clock.nowMs()
    if (channel === 'market_trades') {
      const trades = recentTrades(market.series, { nowMs, count: SNAPSHOT_TRADES }).toReversed()
      return { event: { type: 'snapshot', trades: trades.map((trade) => tradeRow(market, trade)) } }
    }
    if (channel === 'level2') {
      const book = this.#options.bookOf(market)
      const isHuge = this.#wire.take('hugeSnapshot', `${channel}:${product}`)
      return { event: isHuge ? hugeSnapshot(market, book) : bookSnapshot(market, book), timeMs: book.timeMs }
    }
    if (channel !== 'candles') return undefined
    const klines = klinesOf(market.series, { intervalMs: CANDLE_MS, limit: SNAPSHOT_CANDLES, nowMs })
    const candles = klines.map((kline) => ({ ...candleRow(market, kline), product_id: product }))
    return { event: { type: 'snapshot', candles } }
  }
}

const readRequest = (text: string): z.infer<typeof request> | undefined => {
  try {
    return request.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
