import { type BookRule, createLadder } from '../frame/index.ts'
import { krakenProfile } from './profile.ts'

/**
 * A snapshot starts the book, also in the middle of a stream; a book is proven by the checksum of each message, which the
 * decoder has verified, and by nothing else: a thin snapshot may come without one.
 */
export const createBookRule = (): BookRule => {
  const ladder = createLadder(krakenProfile.bookDepth)
  let isStarted = false
  const reset = () => {
    ladder.clear()
    isStarted = false
  }
  return {
    take: (record) => {
      if (record.type === 'book_snapshot') reset()
      else if (!isStarted) return { kind: 'waiting' }
      isStarted = true
      ladder.apply(record)
      if (record.checksumOk === true) return { kind: 'proven' }
      if (record.checksumOk !== false) return { kind: 'waiting' }
      reset()
      return { kind: 'broken', reason: 'the checksum does not agree' }
    },
    reset,
    bids: (count) => ladder.bids(count),
    asks: (count) => ladder.asks(count),
    lastUpdateId: () => null,
  }
}
