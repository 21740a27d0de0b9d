import type { AckRecord } from '@botcriptofy/contracts/stream'
import type { Random } from '@botcriptofy/engine/kernel'
import type { Log } from '@botcriptofy/runtime/log'
import type { VenueProtocol } from '@botcriptofy/venues/frame'
import { Connection } from '@botcriptofy/runtime/connection'
import type { Pacer } from '@botcriptofy/runtime/connection'

export interface SubscriptionOptions {
  readonly url: string
  readonly protocol: Pick<VenueProtocol, 'subscribe' | 'unsubscribe' | 'profile'>
  readonly dials: Pacer
  readonly random: Random
  readonly log: Log
  readonly onFrame: (text: string) => void
  /** Connected; nothing is subscribed to yet. */
  readonly onOpen?: () => void
  /** The connection's subscriptions are acknowledged. */
  readonly onUp: () => void
  /** These are acknowledged, in a connection that comes up or in one that was up before. */
  readonly onSubscribed: (streams: readonly string[]) => void
  /** `wasUp` when the subscriptions had been acknowledged before. */
  readonly onDown: (reason: string, wasUp: boolean) => void
  /** Closed on purpose, and for good. */
  readonly onClosed?: () => Promise<void>
}

/** A request of ours, and those of its streams that the venue has not answered for. */
interface Request {
  readonly verb: 'subscribe' | 'unsubscribe'
  readonly id: number | null
  readonly unanswered: Set<string>
}

/**
 * One connection that subscribes to its streams every time it comes up, and checks that the venue agreed. Streams come
 * and go while it runs.
 */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #connection: Connection
  readonly #streams = new Set<string>()
  #requests: readonly Request[] = []
  #nextId = 1
  #ackLimit: NodeJS.Timeout | undefined
  #dataLimit: NodeJS.Timeout | undefined
  #isOpen = false
  #isUp = false
  #hasDelivered = false
  /** Acknowledged, and not told yet because others are under way. */
  #answered: string[] = []

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#connection = new Connection({
      ...options,
      rules: options.protocol.profile,
      onOpen: () => {
        options.onOpen?.()
        this.#subscribeAll()
      },
      onDown: (reason) => {
        clearTimeout(this.#ackLimit)
        clearTimeout(this.#dataLimit)
        const wasUp = this.#isUp
        this.#isOpen = this.#isUp = false
        options.onDown(reason, wasUp)
      },
    })
  }

  get streams(): ReadonlySet<string> {
    return this.#streams
  }

  /** Connected, and the subscriptions that it began with are acknowledged. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** What the venue sends of this stream arrives here. */
  isSubscribed(stream: string): boolean {
    return (
      this.#isUp &&
      this.#streams.has(stream) &&
      !this.#requests.some(({ unanswered }) => unanswered.has(stream))
    )
  }

  start(): void {
    this.#connection.start()
  }

  async close(): Promise<void> {
    await this.#connection.close()
    await this.#options.onClosed?.()
  }

  add(streams: readonly string[]): void {
    for (const stream of streams) this.#streams.add(stream)
    if (this.#isOpen) this.#ask('subscribe', streams)
  }

  remove(streams: readonly string[]): void {
    for (const stream of streams) this.#streams.delete(stream)
    if (this.#isOpen) this.#ask('unsubscribe', streams)
  }

  /** A frame of ours beside the subscriptions, at the venue's pace. */
  send(frame: string): void {
    this.#connection.send(frame)
  }

  markDelivering(): void {
    this.#hasDelivered = true
    clearTimeout(this.#dataLimit)
    this.#connection.markDelivering()
  }

  reconnect(reason: string): void {
    this.#connection.reconnect(reason)
  }

  /** Some venues repeat the id of a request, some name the streams it was for, some name all there are by now. */
  acknowledge(ack: Pick<AckRecord, 'requestId' | 'streams'>): void {
    if (this.#requests.length === 0) return
    for (const request of this.#requests) {
      const answered = [...request.unanswered].filter((stream) => isAnswered(request, stream, ack))
      for (const stream of answered) request.unanswered.delete(stream)
      if (request.verb === 'subscribe') this.#answered.push(...answered)
    }
    this.#requests = this.#requests.filter(({ unanswered }) => unanswered.size > 0)
    if (this.#requests.length === 0) clearTimeout(this.#ackLimit)
    if (!this.#requests.some(({ verb }) => verb === 'subscribe')) this.#tell()
  }

  #tell(): void {
    const answered = this.#answered.filter((stream) => this.#streams.has(stream))
    this.#answered = []
    if (!this.#isUp) {
      this.#isUp = true
      this.#options.onUp()
      this.#limitFirstData()
    }
    if (answered.length > 0) this.#options.onSubscribed(answered)
  }

  #limitFirstData(): void {
    const { firstDataLimitMs } = this.#options.protocol.profile
    // Its heartbeats go on, so the connection itself looks healthy.
    const giveUp = () => this.#connection.reconnect('subscribed but silent')
    if (firstDataLimitMs !== null && !this.#hasDelivered)
      this.#dataLimit = setTimeout(giveUp, firstDataLimitMs)
  }

  #subscribeAll(): void {
    this.#isOpen = true
    this.#hasDelivered = false
    this.#requests = []
    this.#answered = []
    this.#ask('subscribe', [...this.#streams])
  }

  #ask(verb: Request['verb'], streams: readonly string[]): void {
    const { protocol } = this.#options
    const { messageSpacingMs, ackLimitMs } = protocol.profile
    const requests = protocol[verb](streams, this.#nextId)
    if (requests.length === 0) return
    this.#nextId += requests.length
    for (const { frame } of requests) this.#connection.send(frame)
    const asked = requests.map(({ id, streams: of }) => ({ verb, id, unanswered: new Set(of) }))
    this.#requests = [...this.#requests, ...asked]
    clearTimeout(this.#ackLimit)
    const giveUp = () => this.#connection.reconnect('subscriptions not acknowledged')
    this.#ackLimit = setTimeout(giveUp, this.#requests.length * messageSpacingMs + ackLimitMs)
  }
}

const isAnswered = (
  { id, verb }: Request,
  stream: string,
  { requestId, streams }: Pick<AckRecord, 'requestId' | 'streams'>,
): boolean => {
  if (requestId !== null) return requestId === id && streams?.includes(stream) !== false
  return streams !== null && streams.includes(stream) === (verb === 'subscribe')
}
