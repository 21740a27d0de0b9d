import { type BookEvent, marketId, type MarketName } from '@botcriptofy/contracts/stream'
import type { FeedCount, FeedMetrics } from '../feed/feed-metrics.ts'
import type { BookBatch, Count, MarketEvents } from './book-messages.ts'
import { addBookEvent } from './newest-book.ts'

/**
 * What a thread of books has to tell. One batch is under way at a time, so a main thread that is busy gets the newest
 * books and not a queue of them.
 */
export class BookMail {
  readonly #post: (batch: BookBatch) => void
  readonly #isUp: () => boolean
  #events = new Map<string, MarketEvents & { readonly events: BookEvent[] }>()
  #counts = new Map<string, Count>()
  #isUnderWay = false
  #isScheduled = false

  constructor(options: { readonly post: (batch: BookBatch) => void; readonly isUp: () => boolean }) {
    this.#post = options.post
    this.#isUp = options.isUp
  }

  add(market: MarketName, event: BookEvent): void {
    const id = marketId(market)
    const entry = this.#events.get(id) ?? { market, events: [] }
    this.#events.set(id, entry)
    addBookEvent(entry.events, event)
    this.schedule()
  }

  /** Figures that are counted here and told with the next batch. */
  readonly metrics: FeedMetrics = {
    records: this.#tally('records'),
    connects: this.#tally('connects'),
    connected: this.#tally('connected'),
    disconnects: this.#tally('disconnects'),
    books: this.#tally('books'),
    bookGaps: this.#tally('bookGaps'),
    recordedFrames: this.#tally('recordedFrames'),
    unrecordedFrames: this.#tally('unrecordedFrames'),
  }

  /** The batch before was taken in. */
  taken(): void {
    this.#isUnderWay = false
    this.#sendNext()
  }

  /** There is something to tell, and be it only whether the feed is up. */
  schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    // What the same frames still bring goes along.
    if (!this.#isUnderWay) setImmediate(() => this.#sendNext())
  }

  /** Sends the last of it, whatever is under way. */
  close(): void {
    this.#send()
  }

  #sendNext(): void {
    if (!this.#isUnderWay && this.#isScheduled) this.#send()
  }

  #send(): void {
    this.#isScheduled = false
    this.#isUnderWay = true
    this.#post({
      kind: 'batch',
      events: [...this.#events.values()],
      counts: [...this.#counts.values()],
      isUp: this.#isUp(),
    })
    this.#events = new Map()
    this.#counts = new Map()
  }

  #tally(name: FeedCount): FeedMetrics[FeedCount] {
    return {
      inc: (labels, by = 1) => {
        const key = [name, ...Object.values(labels)].join('\n')
        const before = this.#counts.get(key)?.by ?? 0
        this.#counts.set(key, { name, labels, by: before + by })
        this.schedule()
      },
    }
  }
}
