import type { BookLevel, BookRecord } from '@botcriptofy/contracts/stream'

/**
 * What a record did to a book. `proven`: the book is the venue's, at this record. `waiting`: it is not, or not yet.
 * `old`: a repetition that changed nothing. `broken`: something is missing or wrong, and only a new snapshot helps.
 */
export type BookStep =
  | { readonly kind: 'proven' | 'waiting' | 'old' }
  | { readonly kind: 'broken'; readonly reason: string }

/** One market's book by its venue's rule. After `broken` nothing is proven until a snapshot came that holds. */
export interface BookRule {
  readonly take: (record: BookRecord) => BookStep
  /** What is known is worth nothing any more. */
  readonly reset: () => void
  /** Best first; fewer than asked for where the venue proves no more. */
  readonly bids: (count: number) => readonly BookLevel[]
  readonly asks: (count: number) => readonly BookLevel[]
  /** The last update that is in the book, where the venue numbers those of a market. */
  readonly lastUpdateId: () => number | null
}

/** How a new snapshot of one market is had: over REST, or by frames that subscribe it again. */
export type BookResync =
  | { readonly by: 'rest' }
  | { readonly by: 'frames'; readonly framesFor: (native: string) => readonly string[] }

/** How a venue's books are followed. */
export interface BookProtocol {
  readonly streamsOf: (native: string) => readonly string[]
  /** A rule whose books are good down to so many levels. */
  readonly createRule: (levels: number) => BookRule
  readonly resync: BookResync
}
