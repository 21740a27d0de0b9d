import type { Random } from '@botcriptofy/engine/kernel'
import type { Log } from '@botcriptofy/runtime/log'
import { encodeRequest } from '@botcriptofy/venues/binance'
import { Connection, type ConnectionRules } from '../connections/connection.ts'
import type { Pacer } from '../connections/pacer.ts'

export interface SubscriptionRules extends ConnectionRules {
  readonly streamsPerRequest: number
  readonly ackLimitMs: number
}

export interface SubscriptionOptions {
  readonly url: string
  readonly streams: readonly string[]
  readonly rules: SubscriptionRules
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
  readonly #unanswered = new Set<number>()
  #nextId = 1
  #ackLimit: NodeJS.Timeout | undefined
  #isUp = false

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#connection = new Connection({
      ...options,
      onOpen: () => this.#subscribe(),
      onDown: (reason) => {
        clearTimeout(this.#ackLimit)
        const wasUp = this.#isUp
        this.#isUp = false
        options.onDown(reason, wasUp)
      },
    })
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

  markDelivering(): void {
    this.#connection.markDelivering()
  }

  reconnect(reason: string, options?: { readonly planned: boolean }): void {
    this.#connection.reconnect(reason, options)
  }

  acknowledge(requestId: number | string): void {
    if (!this.#unanswered.delete(Number(requestId)) || this.#unanswered.size > 0) return
    clearTimeout(this.#ackLimit)
    this.#isUp = true
    this.#options.onUp()
  }

  #subscribe(): void {
    const { streams, rules } = this.#options
    this.#unanswered.clear()
    for (let from = 0; from < streams.length; from += rules.streamsPerRequest) {
      const id = this.#nextId
      this.#nextId += 1
      this.#unanswered.add(id)
      const part = streams.slice(from, from + rules.streamsPerRequest)
      this.#connection.send(encodeRequest({ method: 'SUBSCRIBE', streams: part, id }))
    }
    const sendingMs = this.#unanswered.size * rules.messageSpacingMs
    const giveUp = () => this.#connection.reconnect('subscriptions not acknowledged')
    this.#ackLimit = setTimeout(giveUp, sendingMs + rules.ackLimitMs)
  }
}
