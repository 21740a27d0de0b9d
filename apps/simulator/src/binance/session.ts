import type { WebSocket } from 'ws'
import type { FaultBoard } from '../faults/fault-board.ts'
import type { FaultyWire } from '../faults/faulty-wire.ts'
import { answerRequest } from './requests.ts'

const MESSAGES_PER_SECOND = 5
const STREAMS_PER_CONNECTION = 1024
const PING_EVERY_MS = 20_000
const PONG_LIMIT_MS = 60_000
const POLICY_VIOLATION = 1008

export interface SessionOptions {
  readonly socket: WebSocket
  /** Streams named in the URL. */
  readonly streams: readonly string[]
  /** `/stream` wraps events in `{stream, data}`; `/ws` does not. */
  readonly combined: boolean
  readonly board: FaultBoard
  readonly nowMs: () => number
}

/** One client connection with its subscriptions and the exchange's limits. */
export class Session {
  readonly #wire: FaultyWire
  readonly #socket: WebSocket
  readonly #streams: Set<string>
  readonly #combined: boolean
  readonly #heard: number[] = []
  readonly #pings: NodeJS.Timeout
  #pongMs = performance.now()

  constructor({ socket, streams, combined, board, nowMs }: SessionOptions) {
    this.#socket = socket
    this.#streams = new Set(streams)
    this.#combined = combined
    this.#wire = board.open({
      venue: 'binance',
      socket,
      streams: () => [...this.#streams],
      announce: () => this.#announceShutdown(nowMs()),
    })
    for (const stream of streams) this.#wire.subscribed(stream)
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS)
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#onMessage(data.toString('utf8'))
    })
    socket.on('ping', () => this.#countMessage())
    socket.on('pong', () => {
      this.#pongMs = performance.now()
      this.#countMessage()
    })
    socket.on('close', () => clearInterval(this.#pings))
  }

  /** `event` is the event's JSON. */
  send(stream: string, event: string): void {
    if (!this.#streams.has(stream) || this.#wire.isSilenced(stream)) return
    this.#wire.send(stream, this.#combined ? `{"stream":"${stream}","data":${event}}` : event)
  }

  #announceShutdown(timeMs: number): void {
    const event = JSON.stringify({ e: 'serverShutdown', E: timeMs })
    this.#wire.answer(this.#combined ? `{"stream":"!serverShutdown","data":${event}}` : event)
  }

  #onMessage(frame: string): void {
    if (!this.#countMessage()) return
    if (this.#wire.take('lostRequest', frame)) return
    const before = new Set(this.#streams)
    this.#wire.answer(JSON.stringify(answerRequest(frame, this.#streams)))
    for (const stream of this.#streams) if (!before.has(stream)) this.#wire.subscribed(stream)
    if (this.#streams.size > STREAMS_PER_CONNECTION) this.#socket.close(POLICY_VIOLATION, 'Too many streams')
  }

  /** False when the message was one too many within a second; the connection is closed then. */
  #countMessage(): boolean {
    const now = performance.now()
    while (this.#heard[0] !== undefined && now - this.#heard[0] >= 1000) this.#heard.shift()
    this.#heard.push(now)
    if (this.#heard.length <= MESSAGES_PER_SECOND) return true
    this.#socket.close(POLICY_VIOLATION, 'Too many requests')
    return false
  }

  #ping(): void {
    if (performance.now() - this.#pongMs > PONG_LIMIT_MS) this.#wire.drop()
    else if (!this.#wire.take('slowPings', 'ping')) this.#socket.ping(String(Date.now()))
  }
}
