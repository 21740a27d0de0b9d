import type { IncomingMessage } from 'node:http'
import type { Log } from '../log/index.ts'
import { WebSocket } from 'ws'
import { type Backoff, createBackoff } from './backoff.ts'
import { createPacer, type Pacer } from './pacer.ts'

const HANDSHAKE_LIMIT_MS = 10_000
const CLOSE_LIMIT_MS = 500
const POLICY_VIOLATION = 1008
const BAN_STATUSES = [418, 429]

/** What a venue asks of a client. */
export interface ConnectionRules {
  readonly messageSpacingMs: number
  /** Without any frame for so long, pings included, the socket is dead. */
  readonly silenceLimitMs: number
  /** Pause after the venue has refused us for asking too much. */
  readonly bannedPauseMs: number
}

export interface ConnectionOptions {
  readonly url: string
  readonly rules: ConnectionRules
  /** Shared by the connections of one venue: dials take turns. */
  readonly dials: Pacer
  readonly random: () => number
  readonly log: Log
  readonly onOpen: () => void
  readonly onFrame: (text: string) => void
  readonly onDown: (reason: string) => void
}

/** A WebSocket that is dialled again until it is closed on purpose. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #backoff: Backoff
  readonly #sends: Pacer
  #socket: WebSocket | undefined
  #retry: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined
  #heardMs = 0
  #openedMs: number | undefined
  #delivered = false
  #closing = false
  #bannedMs = 0
  #reason: string | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#backoff = createBackoff(options.random)
    this.#sends = createPacer(options.rules.messageSpacingMs)
  }

  start(): void {
    this.#options.dials.schedule(() => this.#dial())
  }

  /** Sent when the venue's pace allows, or not at all if the connection ends before. */
  send(text: string): void {
    this.#sends.schedule(() => this.#socket?.send(text))
  }

  /** The connection does what it is for; part of what resets the delays between dials. */
  markDelivering(): void {
    this.#delivered = true
  }

  reconnect(reason: string): void {
    this.#reason = reason
    this.#socket?.terminate()
  }

  /** Says goodbye; a venue that does not answer is left after half a second. */
  async close(): Promise<void> {
    this.#closing = true
    clearTimeout(this.#retry)
    this.#sends.clear()
    const socket = this.#socket
    if (socket === undefined) return
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const limit = setTimeout(() => socket.terminate(), CLOSE_LIMIT_MS)
    if (socket.readyState === WebSocket.OPEN) socket.close(1000)
    else socket.terminate()
    await closed
    clearTimeout(limit)
  }

  #dial(): void {
    if (this.#closing) return
    const socket = new WebSocket(this.#options.url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
    })
    this.#socket = socket
    const heard = () => void (this.#heardMs = performance.now())
    socket.on('open', () => this.#onOpen())
    socket.on('ping', heard)
    socket.on('pong', heard)
    socket.on('message', (data) => {
      heard()
      if (Buffer.isBuffer(data)) this.#options.onFrame(data.toString('utf8'))
    })
    socket.on('unexpected-response', (_request, response) => this.#onRefused(socket, response))
    socket.on('error', (error) => (this.#reason ??= error.message))
    socket.on('close', (code) => this.#onClose(code))
  }

  #onOpen(): void {
    this.#openedMs = this.#heardMs = performance.now()
    const { silenceLimitMs } = this.#options.rules
    this.#silence = setInterval(() => {
      if (performance.now() - this.#heardMs > silenceLimitMs) this.reconnect('silence')
    }, silenceLimitMs / 4)
    this.#options.onOpen()
  }

  #onRefused(socket: WebSocket, response: IncomingMessage): void {
    const status = response.statusCode ?? 0
    this.#reason = `HTTP ${status}`
    if (BAN_STATUSES.includes(status)) {
      const retryAfterMs = Number(response.headers['retry-after'] ?? 0) * 1000
      this.#bannedMs = Math.max(this.#options.rules.bannedPauseMs, retryAfterMs || 0)
    }
    response.destroy()
    socket.terminate()
  }

  #onClose(code: number): void {
    clearInterval(this.#silence)
    this.#sends.clear()
    this.#socket = undefined
    if (code === POLICY_VIOLATION) this.#bannedMs = this.#options.rules.bannedPauseMs
    const reason = this.#reason ?? `close ${code}`
    const upMs = this.#openedMs === undefined ? 0 : performance.now() - this.#openedMs
    if (this.#openedMs !== undefined) this.#options.onDown(reason)
    this.#backoff.ended({ upMs, delivered: this.#delivered })
    const delayMs = Math.max(this.#bannedMs, this.#closing ? 0 : this.#backoff.nextDelayMs())
    this.#openedMs = this.#reason = undefined
    this.#delivered = false
    this.#bannedMs = 0
    if (this.#closing) return
    this.#options.log.warn(
      { reason, upMs: Math.round(upMs), delayMs: Math.round(delayMs) },
      'connection ended',
    )
    this.#retry = setTimeout(() => this.start(), delayMs)
  }
}
