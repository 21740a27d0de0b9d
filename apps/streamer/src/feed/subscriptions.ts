import type { AckRecord } from '@botcriptofy/contracts/stream'
import type { Random } from '@botcriptofy/engine/kernel'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamRequest, VenueProtocol } from '@botcriptofy/venues/frame'
import { Connection } from '../connections/connection.ts'
import type { Pacer } from '../connections/pacer.ts'

export interface SubscriptionOptions {
  readonly url: string
  readonly streams: readonly string[]
  readonly protocol: Pick<VenueProtocol, 'subscribe' | 'profile'>
  readonly dials: Pacer
  readonly random: Random
  readonly log: Log
  readonly onFrame: (text: string) => void
  readonly onUp: () => void
  /** `wasUp` when the subscriptions had been acknowledged before. */
  readonly onDown: (reason: string, wasUp: boolean) => void
}

/** One connection that subscribes to its streams every time it comes up, and checks that the venue agreed. */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #connection: Connection
  /** Streams that were asked for and are not acknowledged yet. */
  readonly #unanswered = new Set<string>()
  #requests: readonly StreamRequest[] = []
  #nextId = 1
  #ackLimit: NodeJS.Timeout | undefined
  #dataLimit: NodeJS.Timeout | undefined
  #isUp = false
  #hasDelivered = false

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#connection = new Connection({
      ...options,
      rules: options.protocol.profile,
      onOpen: () => this.#subscribe(),
      onDown: (reason) => {
        clearTimeout(this.#ackLimit)
        clearTimeout(this.#dataLimit)
        const wasUp = this.#isUp
        this.#isUp = false
        options.onDown(reason, wasUp)
      },
    })
  }

  get streams(): readonly string[] {
    return this.#options.streams
  }

  /** Connected, and every subscription acknowledged. */
  get isUp(): boolean {
    return this.#isUp
  }

  start(): void {
    this.#connection.start()
  }

  async close(): Promise<void> {
    await this.#connection.close()
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

  reconnect(reason: string, options?: { readonly planned: boolean }): void {
    this.#connection.reconnect(reason, options)
  }

  /** Some venues repeat the id of a request, some name the streams it was for, some name all there are by now. */
  acknowledge({ requestId, streams }: Pick<AckRecord, 'requestId' | 'streams'>): void {
    if (this.#unanswered.size === 0) return
    const request = this.#requests.find(({ id }) => id !== null && id === requestId)
    for (const stream of streams ?? request?.streams ?? []) this.#unanswered.delete(stream)
    if (this.#unanswered.size > 0) return
    clearTimeout(this.#ackLimit)
    this.#isUp = true
    this.#options.onUp()
    const { firstDataLimitMs } = this.#options.protocol.profile
    // Its heartbeats go on, so the connection itself looks healthy.
    const giveUp = () => this.#connection.reconnect('subscribed but silent')
    if (firstDataLimitMs !== null && !this.#hasDelivered)
      this.#dataLimit = setTimeout(giveUp, firstDataLimitMs)
  }

  #subscribe(): void {
    const { streams, protocol } = this.#options
    const { messageSpacingMs, ackLimitMs } = protocol.profile
    this.#hasDelivered = false
    this.#unanswered.clear()
    for (const stream of streams) this.#unanswered.add(stream)
    this.#requests = protocol.subscribe(streams, this.#nextId)
    this.#nextId += this.#requests.length
    for (const { frame } of this.#requests) this.#connection.send(frame)
    const giveUp = () => this.#connection.reconnect('subscriptions not acknowledged')
    this.#ackLimit = setTimeout(giveUp, this.#requests.length * messageSpacingMs + ackLimitMs)
  }
}
