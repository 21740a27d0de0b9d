import type { BookLevel, BookRecord } from '@botcriptofy/contracts/stream'
import { field, instant, list, optional } from '../frame/index.ts'
import { type Book, createBook } from './book.ts'
import type { Precision } from './checksum.ts'
import { integer, number } from './number-text.ts'
import { pairOf } from './pair.ts'
import { krakenProfile } from './profile.ts'

interface PairBook {
  readonly book: Book
  precision: Precision | undefined
}

export interface BookEvents {
  /** What an acknowledged subscription says of a pair's depth. */
  readonly subscribed: (symbol: string, depth: number) => void
  readonly decode: (row: unknown, type: BookRecord['type']) => BookRecord
}

/**
 * Keeps the books of one connection, because only the book after a message proves the message. `precisions` are the
 * pairs' decimals where they are known; else the first checksum of a pair tells them.
 */
export const createBookEvents = (precisions: ReadonlyMap<string, Precision>): BookEvents => {
  const depths = new Map<string, number>()
  const books = new Map<string, PairBook>()
  const reset = (symbol: string, levels: number): PairBook => {
    const depth = depths.get(symbol) ?? krakenProfile.bookDepths.find((known) => levels <= known) ?? levels
    const precision = books.get(symbol)?.precision ?? precisions.get(symbol)
    const pair = { book: createBook(depth), precision }
    books.set(symbol, pair)
    return pair
  }
  return {
    subscribed: (symbol, depth) => {
      depths.set(symbol, depth)
      books.get(symbol)?.book.resize(depth)
    },
    decode: (row, type) => {
      const symbol = pairOf(row)
      const changes = { bids: levelsOf(row, 'bids'), asks: levelsOf(row, 'asks') }
      const checksum = optional(integer, row, 'checksum')
      // Also in the middle of a stream: a snapshot starts its book anew.
      const pair =
        type === 'book_snapshot'
          ? reset(symbol, Math.max(changes.bids.length, changes.asks.length))
          : books.get(symbol)
      pair?.book.apply(changes)
      const ids = { firstUpdateId: null, lastUpdateId: null }
      const exchangeTimeMs = optional(instant, row, 'timestamp')
      const record = { type, venue: krakenProfile.venue, symbol, exchangeTimeMs, ...changes, ...ids }
      return checksum === null
        ? record
        : { ...record, checksumOk: pair === undefined ? null : agrees(pair, checksum) }
    },
  }
}

/** Good for the empty book; another one has some decimals or a checksum that is found under none. */
const NO_DECIMALS: Precision = { price: 0, amount: 0 }

const agrees = (pair: PairBook, checksum: number): boolean => {
  pair.precision ??= pair.book.findPrecision(checksum)
  return pair.book.checksum(pair.precision ?? NO_DECIMALS) === checksum
}

const levelsOf = (row: unknown, name: string): BookLevel[] =>
  field(row, name) === undefined
    ? []
    : list(row, name).map((level) => [number(level, 'price'), number(level, 'qty')])
