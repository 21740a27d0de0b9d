import type { WebSocket } from 'ws'
import type { FaultBoard } from '../faults/fault-board.ts'
import type { FaultyWire } from '../faults/faulty-wire.ts'
import type { SimulatedBook } from '../market/book.ts'
import { klinesOf, recentTrades } from '../market/history.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import {
  bookSnapshot,
  HEARTBEAT,
  ohlcFrame,
  OVER_RATE,
  statusFrame,
  thinSnapshot,
  tradeFrame,
} from './frames.ts'
import { DEPTHS, isInterval, isPrivate, type PublicRequest, readRequest } from './requests.ts'
import { wireTime } from './numbers.ts'
import { type PrivateOptions, PrivateStreams } from './private-streams.ts'

const HEARTBEAT_EVERY_MS = 1000
const SNAPSHOT_TRADES = 50
const SNAPSHOT_BARS = 10
const MINUTE_MS = 60_000

type Subscription = Extract<PublicRequest, { method: 'subscribe' | 'unsubscribe' }>

export interface KrakenSessionOptions extends Omit<PrivateOptions, 'wire'> {
  readonly socket: WebSocket
  readonly markets: readonly SimulatedMarket[]
  readonly board: FaultBoard
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
}

/** One client connection of WebSocket v2 with its subscriptions. */
export class KrakenSession {
  readonly #wire: FaultyWire
  readonly #private: PrivateStreams
  readonly #options: KrakenSessionOptions
  readonly #markets: ReadonlyMap<string, SimulatedMarket>
  readonly #subscribed = new Set<string>()
  readonly #heartbeats: NodeJS.Timeout
  #isQuiet = true

  constructor(options: KrakenSessionOptions) {
    const { socket, board } = options
    this.#options = options
    this.#wire = board.open({
      venue: 'kraken',
      socket,
      streams: () => [...this.#subscribed, ...this.#private.names],
    })
    this.#private = new PrivateStreams({ ...options, wire: this.#wire })
    this.#markets = new Map(options.markets.map((market) => [pairOf(market), market]))
    this.#heartbeats = setInterval(() => this.#beat(), HEARTBEAT_EVERY_MS)
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#onMessage(data.toString('utf8'))
    })
    socket.on('close', () => {
      clearInterval(this.#heartbeats)
      this.#private.close()
    })
    this.tellStatus()
  }

  /** Whether the exchange works; told at the beginning, and when it changes. */
  tellStatus(): void {
    const system = this.#isDown ? 'maintenance' : 'online'
    this.#wire.answer(statusFrame(this.#wire.connection, system))
  }

  get #isDown(): boolean {
    return this.#options.board.isDown('kraken')
  }

  /** `stream` as `trade:BTC/USD`, `ohlc-1:BTC/USD` or `book-10:BTC/USD`. */
  isSubscribed(stream: string): boolean {
    return this.#subscribed.has(stream)
  }

  send(stream: string, frame: string): void {
    if (!this.isSubscribed(stream) || this.#wire.isSilenced(stream)) return
    this.#isQuiet = false
    this.#wire.send(stream, frame)
  }

  /** An answer says the venue's time, and that it came at once. */
  #answerTimes(): string {
    const now = wireTime(this.#options.nowMs())
    return `"time_in":"${now}","time_out":"${now}"`
  }

  #beat(): void {
    const isDue = this.#isQuiet && this.#subscribed.size > 0
    if (isDue && !this.#wire.take('slowPings', 'heartbeat')) this.#wire.answer(HEARTBEAT)
    this.#isQuiet = true
  }

  #onMessage(text: string): void {
    const request = readRequest(text)
    if (request === undefined) {
      this.#wire.answer(
        `{"error":"Malformed request","method":"error","success":false,${this.#answerTimes()}}`,
      )
      return
    }
    if (this.#wire.take('lostRequest', text)) return this.#wire.answer(OVER_RATE)
    const id = request.req_id === undefined ? '' : `"req_id":${request.req_id},`
    if (request.method === 'ping' && this.#wire.take('slowPings', 'ping')) return
    if (isPrivate(request))
      return this.#private.ask(request, (members) =>
        this.#wire.answer(`{${id}${members},${this.#answerTimes()}}`),
      )
    if (request.method === 'ping') this.#wire.answer(`{"method":"pong",${id}${this.#answerTimes()}}`)
    else for (const symbol of request.params.symbol) this.#subscribe(request, symbol, id)
  }

  /** Every symbol of a request is answered for itself. */
  #subscribe({ method, params }: Subscription, symbol: string, id: string): void {
    const market = this.#markets.get(symbol)
    const refusal = this.#isDown ? 'EService:Unavailable' : refusalOf(params)
    if (market === undefined || refusal !== undefined) {
      const error = JSON.stringify(refusal ?? `Currency pair not supported ${symbol}`)
      const reason = `"error":${error},"method":"${method}",${id}"success":false`
      this.#wire.answer(`{${reason},"symbol":${JSON.stringify(symbol)},${this.#answerTimes()}}`)
      return
    }
    const { stream, detail } = streamOf(params, symbol)
    const result = `{"channel":"${params.channel}"${detail},"snapshot":${params.snapshot},"symbol":"${symbol}"}`
    this.#wire.answer(`{"method":"${method}",${id}"result":${result},"success":true,${this.#answerTimes()}}`)
    if (method === 'unsubscribe') this.#subscribed.delete(stream)
    else {
      this.#subscribed.add(stream)
      this.#wire.subscribed(stream)
      if (params.snapshot) this.#sendSnapshot(stream, market, params)
    }
  }

  #sendSnapshot(stream: string, market: SimulatedMarket, params: Subscription['params']): void {
    if (this.#wire.isSilenced(stream)) return
    const isThin = params.channel === 'book' && this.#wire.take('thinSnapshot', stream)
    const frame = isThin
      ? thinSnapshot(market, this.#options.bookOf(market))
      : this.#snapshotOf(market, params)
    if (frame === undefined) return
    this.#wire.send(stream, frame)
    if (this.#wire.take('snapshotTwice', stream)) this.#wire.send(stream, frame)
  }

  #snapshotOf(market: SimulatedMarket, params: Subscription['params']): string | undefined {
    const nowMs = market.clock.nowMs()
    switch (params.channel) {
      case 'trade':
        return tradeFrame(market, recentTrades(market.series, { nowMs, count: SNAPSHOT_TRADES }), 'snapshot')
      case 'ohlc': {
        const query = { intervalMs: params.interval * MINUTE_MS, limit: SNAPSHOT_BARS, nowMs }
        const bars = { minutes: params.interval, klines: klinesOf(market.series, query) }
        return ohlcFrame(market, bars, 'snapshot')
      }
      case 'book':
        return bookSnapshot(market, this.#options.bookOf(market), params.depth)
      case 'ticker':
        return undefined
    }
  }
}

const refusalOf = ({ channel, interval, depth }: Subscription['params']): string | undefined => {
  if (channel === 'ohlc' && !isInterval(interval)) return 'Subscription ohlc interval not supported'
  if (channel === 'book' && !DEPTHS.includes(depth)) return 'Subscription depth not supported'
  return undefined
}

/** The name under which frames are sent, and what an answer says beside it. */
const streamOf = ({ channel, interval, depth }: Subscription['params'], symbol: string) => {
  if (channel === 'ohlc') return { stream: `ohlc-${interval}:${symbol}`, detail: `,"interval":${interval}` }
  if (channel === 'book') return { stream: `book-${depth}:${symbol}`, detail: `,"depth":${depth}` }
  return { stream: `${channel}:${symbol}`, detail: '' }
}
