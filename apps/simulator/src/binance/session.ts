import type { WebSocket } from 'ws'
import { FaultyWire } from '../sockets/faulty-wire.ts'
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
}

/** One client connection with its subscriptions and the exchange's limits. */
export class Session {
  readonly wire: FaultyWire
  readonly #socket: WebSocket
  readonly #streams: Set<string>
  readonly #combined: boolean
  readonly #heard: number[] = []
  readonly #pings: NodeJS.Timeout
  #pongMs = performance.now()

  constructor({ socket, streams, combined }: SessionOptions) {
    this.#socket = socket
    this.wire = new FaultyWire(socket)
    this.#streams = new Set(streams)
    this.#combined = combined
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
    // A reset by the client is reported as an error before the close.
    socket.on('error', () => socket.terminate())
  }

  /** `event` is the event's JSON. */
  send(stream: string, event: string): void {
    if (!this.#streams.has(stream) || this.wire.isSilenced(stream)) return
    this.wire.send(stream, this.#combined ? `{"stream":"${stream}","data":${event}}` : event)
  }

  /** Goes to every connection, whatever it has subscribed to. */
  announceShutdown(timeMs: number): void {
    const event = JSON.stringify({ e: 'serverShutdown', E: timeMs })
    this.#socket.send(this.#combined ? `{"stream":"!serverShutdown","data":${event}}` : event)
  }

  /** As a broken network does it: no close frame. */
  drop(): void {
    this.#socket.terminate()
  }

  #onMessage(frame: string): void {
    if (!this.#countMessage()) return
    this.#socket.send(JSON.stringify(answerRequest(frame, this.#streams)))
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
    if (performance.now() - this.#pongMs > PONG_LIMIT_MS) this.#socket.terminate()
    else this.#socket.ping(String(Date.now()))
  }
}
