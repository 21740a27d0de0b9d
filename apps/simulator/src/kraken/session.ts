import type { WebSocket } from 'ws'
import { klinesOf, recentTrades } from '../market/history.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import { HEARTBEAT, ohlcFrame, statusFrame, tradeFrame } from './frames.ts'
import { isInterval, type KrakenRequest, readRequest } from './requests.ts'
import { wireTime } from './numbers.ts'

const HEARTBEAT_EVERY_MS = 1000
const SNAPSHOT_TRADES = 50
const SNAPSHOT_BARS = 10
const MINUTE_MS = 60_000
/** A frame about the connection says that it was answered at once. */
const answerTimes = () => {
  const now = wireTime(Date.now())
  return `"time_in":"${now}","time_out":"${now}"`
}

type Subscription = Extract<KrakenRequest, { method: 'subscribe' | 'unsubscribe' }>

/** One client connection of WebSocket v2 with its subscriptions. */
export class KrakenSession {
  readonly #socket: WebSocket
  readonly #markets: ReadonlyMap<string, SimulatedMarket>
  readonly #subscribed = new Set<string>()
  readonly #heartbeats: NodeJS.Timeout
  #isQuiet = true

  constructor(socket: WebSocket, markets: readonly SimulatedMarket[], connectionId: number) {
    this.#socket = socket
    this.#markets = new Map(markets.map((market) => [pairOf(market), market]))
    this.#heartbeats = setInterval(() => this.#beat(), HEARTBEAT_EVERY_MS)
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#onMessage(data.toString('utf8'))
    })
    socket.on('close', () => clearInterval(this.#heartbeats))
    // A reset by the client is reported as an error before the close.
    socket.on('error', () => socket.terminate())
    socket.send(statusFrame(connectionId))
  }

  /** `stream` as `trade:BTC/USD` or `ohlc-1:BTC/USD`. */
  send(stream: string, frame: string): void {
    if (!this.#subscribed.has(stream)) return
    this.#isQuiet = false
    this.#socket.send(frame)
  }

  drop(): void {
    this.#socket.terminate()
  }

  #beat(): void {
    if (this.#isQuiet && this.#subscribed.size > 0) this.#socket.send(HEARTBEAT)
    this.#isQuiet = true
  }

  #onMessage(text: string): void {
    const request = readRequest(text)
    if (request === undefined) {
      this.#socket.send(`{"error":"Malformed request","method":"error","success":false,${answerTimes()}}`)
      return
    }
    const id = request.req_id === undefined ? '' : `"req_id":${request.req_id},`
    if (request.method === 'ping') this.#socket.send(`{"method":"pong",${id}${answerTimes()}}`)
    else for (const symbol of request.params.symbol) this.#subscribe(request, symbol, id)
  }

  /** Every symbol of a request is answered for itself. */
  #subscribe({ method, params }: Subscription, symbol: string, id: string): void {
    const { channel, interval, snapshot } = params
    const market = this.#markets.get(symbol)
    const isServed = channel !== 'ohlc' || isInterval(interval)
    if (market === undefined || !isServed) {
      const words = isServed
        ? `Currency pair not supported ${symbol}`
        : 'Subscription ohlc interval not supported'
      const error = JSON.stringify(words)
      const reason = `"error":${error},"method":"${method}",${id}"success":false`
      this.#socket.send(`{${reason},"symbol":${JSON.stringify(symbol)},${answerTimes()}}`)
      return
    }
    const detail = channel === 'ohlc' ? `,"interval":${interval}` : ''
    const result = `{"channel":"${channel}"${detail},"snapshot":${snapshot},"symbol":"${symbol}"}`
    this.#socket.send(`{"method":"${method}",${id}"result":${result},"success":true,${answerTimes()}}`)
    const stream = channel === 'ohlc' ? `ohlc-${interval}:${symbol}` : `trade:${symbol}`
    if (method === 'unsubscribe') this.#subscribed.delete(stream)
    else {
      this.#subscribed.add(stream)
      if (snapshot) this.#sendSnapshot(market, params)
    }
  }

  #sendSnapshot(market: SimulatedMarket, { channel, interval }: Subscription['params']): void {
    const nowMs = market.clock.nowMs()
    if (channel === 'trade') {
      const trades = recentTrades(market.series, { nowMs, count: SNAPSHOT_TRADES })
      this.#socket.send(tradeFrame(market, trades, 'snapshot'))
    } else {
      const query = { intervalMs: interval * MINUTE_MS, limit: SNAPSHOT_BARS, nowMs }
      const klines = klinesOf(market.series, query)
      this.#socket.send(ohlcFrame(market, { minutes: interval, klines }, 'snapshot'))
    }
  }
}
