import type { BookEvent, BookRecord, MarketName } from '@botcriptofy/contracts/stream'
import type { Random } from '@botcriptofy/engine/kernel'
import type { BookRule } from '@botcriptofy/venues/frame'
import { createBackoff } from '@botcriptofy/runtime/connection'

/** So long after it was asked for, a snapshot has come and holds. */
const PROOF_LIMIT_MS = 10_000
/** Snapshots that may fail to come before the connection is given up. */
const MOST_MISSES = 2
/** A book that says nothing for so long is compared with a new snapshot: a dead stream of a live connection is quiet. */
export const QUIET_LIMIT_MS = 30_000

export interface FollowedBookOptions {
  readonly market: MarketName
  readonly rule: BookRule
  /** Levels of each side that are published. */
  readonly levels: number
  readonly random: Random
  readonly publish: (event: BookEvent) => void
  /** Asks for a snapshot, which comes as any other record. */
  readonly requestSnapshot: () => void
  /** The connection does not give this book. */
  readonly giveUp: (reason: string) => void
  readonly onProven: () => void
  readonly onLost: (reason: string) => void
}

/** One market's book: published while its rule proves it, between `gap_open` and `gap_closed` never. */
export class FollowedBook {
  readonly #options: FollowedBookOptions
  readonly #backoff: ReturnType<typeof createBackoff>
  #isProven = false
  #provenMs = 0
  #heardMs = 0
  #misses = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: FollowedBookOptions) {
    this.#options = options
    this.#backoff = createBackoff(options.random)
  }

  /** The connection subscribed; the venue may send a snapshot by itself. */
  await({ request }: { readonly request: boolean }): void {
    // The snapshot may have come before the venue's answer, or the book over the connection before this one.
    if (this.#isProven) return
    if (request) this.#options.requestSnapshot()
    this.#limitProof()
  }

  take(record: BookRecord): void {
    this.#heardMs = performance.now()
    const step = this.#options.rule.take(record)
    switch (step.kind) {
      case 'proven':
        return this.#isBehind(record) ? this.#giveUpSilent() : this.#publish(record)
      case 'broken':
        this.#lose(step.reason)
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.#request(), this.#backoff.nextDelayMs())
        return
      case 'waiting':
        return this.#lose('not proven')
      case 'old':
        // A snapshot that was asked for has said that nothing is missing.
        if (record.type === 'book_snapshot') clearTimeout(this.#timer)
        return
    }
  }

  /** The connection ended or is of no use: nothing that was known holds. */
  interrupt(reason: string): void {
    clearTimeout(this.#timer)
    this.#options.rule.reset()
    this.#misses = 0
    this.#lose(reason)
  }

  /** Compares a book that has been quiet with a snapshot. */
  checkQuiet(): void {
    if (!this.#isProven || performance.now() - this.#heardMs < QUIET_LIMIT_MS) return
    this.#heardMs = performance.now()
    this.#request()
  }

  /** A snapshot that was asked for is ahead of a book that should have had every update by itself. */
  #isBehind(record: BookRecord): boolean {
    return this.#isProven && record.type === 'book_snapshot' && this.#options.rule.lastUpdateId() !== null
  }

  #giveUpSilent(): void {
    this.#lose('silent')
    this.#options.giveUp('market silent')
  }

  #request(): void {
    this.#options.requestSnapshot()
    this.#limitProof()
  }

  #limitProof(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#misses += 1
      this.#lose('no snapshot came')
      if (this.#misses >= MOST_MISSES) this.#options.giveUp('book not proven')
      else this.#request()
    }, PROOF_LIMIT_MS)
  }

  #publish(record: BookRecord): void {
    const { market, rule, levels, publish } = this.#options
    const lastUpdateId = rule.lastUpdateId()
    if (!this.#isProven) {
      clearTimeout(this.#timer)
      this.#isProven = true
      this.#misses = 0
      this.#provenMs = performance.now()
      publish({ type: 'gap_closed', ...market, reason: 'proven', atMs: Date.now() })
    } else if (record.type === 'book_snapshot') clearTimeout(this.#timer)
    publish({
      type: 'book_snapshot',
      ...market,
      exchangeTimeMs: record.exchangeTimeMs,
      bids: [...rule.bids(levels)],
      asks: [...rule.asks(levels)],
      firstUpdateId: lastUpdateId,
      lastUpdateId,
    })
    this.#options.onProven()
  }

  #lose(reason: string): void {
    if (!this.#isProven) return
    this.#isProven = false
    this.#backoff.ended({ upMs: performance.now() - this.#provenMs, delivered: true })
    this.#options.publish({ type: 'gap_open', ...this.#options.market, reason, atMs: Date.now() })
    this.#options.onLost(reason)
  }
}
