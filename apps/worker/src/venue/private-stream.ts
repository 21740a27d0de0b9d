import type {
  AckRecord,
  BalanceRecord,
  ErrorRecord,
  FillRecord,
  OrderRecord,
  StreamRecord,
} from '@botcriptofy/contracts/stream'
import { Connection, type Pacer } from '@botcriptofy/runtime/connection'
import type { Log } from '@botcriptofy/runtime/log'
import type { FrameDecoder } from '@botcriptofy/venues/frame'
import {
  type Credentials,
  CredentialsRefused,
  type LogOnRequest,
  type PrivateVenue,
} from './private-venue.ts'

export type PrivateRecord = OrderRecord | FillRecord | BalanceRecord

export interface PrivateStreamOptions {
  readonly venue: PrivateVenue
  readonly credentials: Credentials
  readonly webSocketUrl: string
  readonly restUrl: string
  /** The markets whose orders are told, by their names here and at the venue. */
  readonly markets: ReadonlyMap<string, string>
  /** Shared by the connections to one venue. */
  readonly dials: Pacer
  readonly random: () => number
  /** The time that requests are signed with, epoch ms. */
  readonly clock: () => number
  readonly log: Log
  readonly onRecord: (record: PrivateRecord) => void
  /** From now on everything arrives; what happened before has to be asked for. */
  readonly onUp: () => void
  /** Until `onUp` things happen that nobody hears of. */
  readonly onDown: (reason: string) => void
  /** The venue does not take the credentials. It is not asked again. */
  readonly onRefused: (reason: string) => void
}

/** What an account does at a venue, as the venue tells it; the connection is made anew until it is closed or refused. */
export class PrivateStream {
  readonly #options: PrivateStreamOptions
  readonly #connection: Connection
  readonly #symbols: ReadonlyMap<string, string>
  #decode: FrameDecoder
  #unanswered: readonly LogOnRequest[] = []
  #ackLimit: NodeJS.Timeout | undefined
  #ended = new AbortController()
  #isUp = false
  #isBroken = false

  constructor(options: PrivateStreamOptions) {
    this.#options = options
    this.#symbols = new Map([...options.markets].map(([symbol, native]) => [native, symbol]))
    this.#decode = this.#newDecoder()
    this.#connection = new Connection({
      url: options.webSocketUrl,
      rules: options.venue.profile,
      dials: options.dials,
      random: options.random,
      log: options.log,
      onOpen: () => void this.#logOn(),
      onFrame: (text) => this.#onFrame(text),
      onDown: (reason) => this.#onDown(reason),
    })
  }

  get isUp(): boolean {
    return this.#isUp
  }

  start(): void {
    this.#connection.start()
  }

  async close(): Promise<void> {
    this.#ended.abort()
    clearTimeout(this.#ackLimit)
    await this.#connection.close()
  }

  async #logOn(): Promise<void> {
    const { venue, credentials, clock, markets, restUrl } = this.#options
    const { signal } = this.#ended
    this.#ackLimit = setTimeout(() => this.#connection.reconnect('not logged on'), venue.profile.ackLimitMs)
    try {
      const natives = [...markets.values()]
      const requests = await venue.logOn({ credentials, nowMs: clock(), natives, restUrl, signal })
      if (signal.aborted) return
      this.#unanswered = requests
      for (const { frame } of requests) this.#connection.send(frame)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof CredentialsRefused) return this.#refuse(error.message)
      this.#options.log.warn({ err: error, venue: venue.profile.venue }, 'logging on failed; connecting anew')
      this.#connection.reconnect('log on failed')
    }
  }

  #onFrame(text: string): void {
    // Frames that were received already still come after a connection is given up.
    if (this.#isBroken) return
    const { records, sequenceBreak } = this.#decode(text)
    if (sequenceBreak !== undefined) return this.#giveUp('frames missing')
    for (const record of records) this.#take(record)
  }

  #take(record: StreamRecord): void {
    switch (record.type) {
      case 'order':
      case 'fill':
      case 'balance':
        this.#connection.markDelivering()
        return this.#options.onRecord(record)
      case 'ack':
        return this.#acknowledge(record)
      case 'error':
        return this.#fail(record)
      case 'status':
        if (record.status === 'shutting_down' || record.status === 'stream_ended') this.#giveUp(record.status)
        return
      default:
        return
    }
  }

  #acknowledge(ack: AckRecord): void {
    if (this.#isUp || this.#unanswered.length === 0) return
    this.#unanswered = this.#unanswered.filter(({ isAnswer }) => !isAnswer(ack))
    if (this.#unanswered.length > 0) return
    clearTimeout(this.#ackLimit)
    this.#isUp = true
    this.#connection.markDelivering()
    this.#options.onUp()
  }

  #fail(error: ErrorRecord): void {
    const { venue, log } = this.#options
    log.error(
      { venue: venue.profile.venue, reason: error.reason, code: error.code },
      'refused, or not understood',
    )
    if (venue.isRefusal(error)) this.#refuse(error.reason)
    // An event that was not understood may have been a fill.
    else this.#giveUp(this.#isUp ? 'frame not understood' : 'request refused')
  }

  #giveUp(reason: string): void {
    this.#isBroken = true
    this.#connection.reconnect(reason)
  }

  #refuse(reason: string): void {
    this.#isBroken = true
    void this.close()
    this.#options.onRefused(reason)
  }

  #onDown(reason: string): void {
    clearTimeout(this.#ackLimit)
    const wasUp = this.#isUp
    this.#ended.abort()
    this.#ended = new AbortController()
    // What was known is of one connection.
    this.#decode = this.#newDecoder()
    this.#unanswered = []
    this.#isUp = false
    this.#isBroken = false
    if (wasUp) this.#options.onDown(reason)
  }

  #newDecoder(): FrameDecoder {
    return this.#options.venue.createDecoder((native) => this.#symbols.get(native))
  }
}
