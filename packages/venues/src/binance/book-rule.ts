import type { BookRecord } from '@botcriptofy/contracts/stream'
import { type BookRule, type BookStep, createLadder, wholeNumber } from '../frame/index.ts'
import { levels as levelsOf } from './market-events.ts'
import { binanceProfile } from './profile.ts'

/** Events that may wait for a snapshot; at ten a second, a minute and a half. */
const MOST_WAITING = 1000
/** Levels of a side that one snapshot gives (`limit=1000`, weight 50). */
export const SNAPSHOT_LEVELS = 1000

/**
 * "How to manage a local order book correctly" (web-socket-streams.md): events wait for a REST snapshot, those up to its
 * id are dropped, the first one that stays must hold the id after it, and every later one follows without a hole. The
 * snapshot has the best levels only, so a book that was eaten down to its end needs another one.
 */
export const createBookRule = (levels: number): BookRule => {
  const ladder = createLadder()
  let waiting: BookRecord[] = []
  let lastId: number | undefined
  let worst = { bid: 0, ask: Number.POSITIVE_INFINITY }
  const reset = () => {
    ladder.clear()
    waiting = []
    lastId = undefined
  }
  const failed = (reason: string, record: BookRecord): BookStep => {
    reset()
    waiting.push(record)
    return { kind: 'broken', reason }
  }
  // Beyond the snapshot's last level of a side only what has changed since is known.
  const isExhausted = (): boolean =>
    (worst.bid > 0 && Number(ladder.bids(levels)[levels - 1]?.[0] ?? 0) < worst.bid) ||
    (worst.ask < Number.POSITIVE_INFINITY &&
      Number(ladder.asks(levels)[levels - 1]?.[0] ?? Number.POSITIVE_INFINITY) > worst.ask)
  const follow = (record: BookRecord, last: number): BookStep => {
    const [from, to] = [record.firstUpdateId ?? 0, record.lastUpdateId ?? 0]
    if (to <= last) return { kind: 'old' }
    if (from > last + 1) return failed('updates are missing', record)
    ladder.apply(record)
    lastId = to
    if (ladder.isCrossed()) return failed('bids and asks cross', record)
    return isExhausted() ? failed('the levels of the snapshot are used up', record) : { kind: 'proven' }
  }
  const start = (snapshot: BookRecord): BookStep => {
    const id = snapshot.lastUpdateId ?? 0
    if (lastId !== undefined && id <= lastId) return { kind: 'old' }
    const held = waiting
    // What was between them is in neither.
    if (id + 1 < (held[0]?.firstUpdateId ?? 0)) return { kind: 'broken', reason: 'the snapshot is too old' }
    reset()
    ladder.apply(snapshot)
    lastId = id
    worst = {
      bid: snapshot.bids.length < SNAPSHOT_LEVELS ? 0 : Number(snapshot.bids.at(-1)?.[0]),
      ask:
        snapshot.asks.length < SNAPSHOT_LEVELS ? Number.POSITIVE_INFINITY : Number(snapshot.asks.at(-1)?.[0]),
    }
    for (const update of held) {
      const step = follow(update, lastId ?? id)
      if (step.kind === 'broken') return step
    }
    return { kind: 'proven' }
  }
  return {
    take: (record) => {
      if (record.type === 'book_snapshot') return start(record)
      if (lastId !== undefined) return follow(record, lastId)
      waiting.push(record)
      if (waiting.length > MOST_WAITING) waiting.shift()
      return { kind: 'waiting' }
    },
    reset,
    bids: (count) => ladder.bids(count),
    asks: (count) => ladder.asks(count),
    lastUpdateId: () => lastId ?? null,
  }
}

/** Reads the body of `GET /api/v3/depth`, which does not say its market. Throws an `UnreadableFrame`. */
export const bookFromDepth = (body: unknown, symbol: string): BookRecord => {
  const lastUpdateId = wholeNumber(body, 'lastUpdateId')
  return {
    type: 'book_snapshot',
    venue: binanceProfile.venue,
    symbol,
    exchangeTimeMs: null,
    bids: levelsOf(body, 'bids'),
    asks: levelsOf(body, 'asks'),
    firstUpdateId: lastUpdateId,
    lastUpdateId,
  }
}
