import type { BookEvent, BookRecord } from '@botcriptofy/contracts/stream'
import { createBookRule as createBinanceRule } from '@botcriptofy/venues/binance'
import { createBookRule as createKrakenRule } from '@botcriptofy/venues/kraken'
import type { BookRule } from '@botcriptofy/venues/frame'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FollowedBook, QUIET_LIMIT_MS } from './followed-book.ts'

const market = { venue: 'test', symbol: 'A/B' }
const snapshot = (id: number, checksumOk = true): BookRecord => ({
  type: 'book_snapshot',
  ...market,
  exchangeTimeMs: null,
  bids: [['1', String(id)]],
  asks: [['2', '1']],
  firstUpdateId: id,
  lastUpdateId: id,
  checksumOk,
})
const update = (id: number, checksumOk = true): BookRecord => ({
  ...snapshot(id, checksumOk),
  type: 'book_update',
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const follow = (rule: BookRule) => {
  const events: string[] = []
  const asked: string[] = []
  const book = new FollowedBook({
    market,
    rule,
    levels: 5,
    random: () => 0.5,
    publish: (event: BookEvent) =>
      events.push(
        event.type === 'book_snapshot' ? `book ${event.lastUpdateId}` : `${event.type}: ${event.reason}`,
      ),
    requestSnapshot: () => void asked.push('snapshot'),
    giveUp: (reason) => {
      asked.push(`give up: ${reason}`)
      book.interrupt(reason)
    },
    onProven: () => undefined,
    onLost: () => undefined,
  })
  return { book, events, asked }
}

describe('FollowedBook', () => {
  it('publishes nothing before a snapshot holds, nor within a gap', () => {
    const { book, events, asked } = follow(createBinanceRule(5))
    book.await({ request: true })
    for (const record of [update(5), update(6), snapshot(4), update(7), update(9), update(10)])
      book.take(record)
    expect(events).toEqual(['gap_closed: proven', 'book 6', 'book 7', 'gap_open: updates are missing'])
    vi.advanceTimersByTime(1)
    book.take(snapshot(8))
    expect(events.slice(4)).toEqual(['gap_closed: proven', 'book 10'])
    expect(asked).toEqual(['snapshot', 'snapshot'])
  })

  it('waits longer from one failure to the next', () => {
    const { book, asked } = follow(createKrakenRule())
    const fail = () => {
      for (const record of [snapshot(1), update(2, false)]) book.take(record)
    }
    fail()
    vi.advanceTimersByTime(1)
    expect(asked).toHaveLength(1)
    fail()
    vi.advanceTimersByTime(400)
    expect(asked).toHaveLength(1)
    vi.advanceTimersByTime(200)
    expect(asked).toHaveLength(2)
  })

  it('gives the connection up when two snapshots that were asked for did not come', () => {
    const { book, asked } = follow(createKrakenRule())
    book.await({ request: false })
    vi.advanceTimersByTime(20_001)
    expect(asked).toEqual(['snapshot', 'give up: book not proven'])
  })

  it('compares a quiet book with a snapshot, and gives up the connection of one that is behind', () => {
    const { book, events, asked } = follow(createBinanceRule(5))
    book.take(snapshot(5))
    vi.advanceTimersByTime(QUIET_LIMIT_MS - 1)
    book.checkQuiet()
    expect(asked).toEqual([])
    vi.advanceTimersByTime(1)
    book.checkQuiet()
    book.take(snapshot(5))
    expect(asked).toEqual(['snapshot'])
    vi.advanceTimersByTime(QUIET_LIMIT_MS)
    book.checkQuiet()
    book.take(snapshot(9))
    expect(asked).toEqual(['snapshot', 'snapshot', 'give up: market silent'])
    expect(events).toEqual(['gap_closed: proven', 'book 5', 'gap_open: silent'])
  })

  it('loses a quiet book whose new snapshot does not come', () => {
    const { book, events } = follow(createKrakenRule())
    book.take(snapshot(5))
    vi.advanceTimersByTime(QUIET_LIMIT_MS)
    book.checkQuiet()
    vi.advanceTimersByTime(10_000)
    expect(events.at(-1)).toBe('gap_open: no snapshot came')
  })
})
