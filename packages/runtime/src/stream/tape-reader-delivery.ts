import type { TapeChannel, TapeEvent } from '@botcriptofy/contracts/stream'
import { createInbox, type Inbox } from './tape-reader-inbox.ts'

/**
 * Takes the events of a subscription one by one. While the promise it returns is open nothing else is given to it:
 * what comes meanwhile waits within bounds.
 */
export type TapeConsumer = (event: TapeEvent) => void | Promise<void>

export interface DeliveryOptions {
  readonly consumer: TapeConsumer
  readonly channels: readonly TapeChannel[]
  /** The most trades, and the most candles, that may wait. */
  readonly inboxSize: number
  readonly onError: (error: unknown) => void
  /** So many records were not given to the consumer. */
  readonly onLag: (records: number) => void
}

/** Hands events to one consumer at its own speed. */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #inboxes: ReadonlyMap<TapeChannel, Inbox>
  #isBusy = false
  #isClosed = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#inboxes = new Map(
      options.channels.map((channel) => [channel, createInbox(channel, options.inboxSize)]),
    )
  }

  put(channel: TapeChannel, event: TapeEvent): void {
    if (this.#isClosed) return
    if (this.#isBusy) this.#inboxes.get(channel)?.put(event)
    else this.#give(event)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#isClosed = true
  }

  #give(event: TapeEvent): void {
    const pending = this.#call(event)
    if (pending === undefined) return
    this.#isBusy = true
    void this.#giveRest(pending)
  }

  async #giveRest(first: Promise<void>): Promise<void> {
    await first
    // Channels take turns, so that none waits for a busy one.
    for (let isEmpty = false; !isEmpty;) {
      isEmpty = true
      for (const inbox of this.#inboxes.values()) {
        const event = inbox.take()
        if (event === undefined || this.#isClosed) continue
        isEmpty = false
        await this.#call(event)
      }
    }
    this.#isBusy = false
  }

  /** A consumer that fails misses that event; it neither ends nor hurts others. */
  #call(event: TapeEvent): Promise<void> | undefined {
    if (event.type === 'lag') this.#options.onLag(event.records)
    try {
      return this.#options.consumer(event)?.catch(this.#options.onError)
    } catch (error) {
      this.#options.onError(error)
      return undefined
    }
  }
}
