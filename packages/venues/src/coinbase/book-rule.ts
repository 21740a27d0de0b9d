import { type BookRule, createLadder } from '../frame/index.ts'

/**
 * A snapshot starts the book, every later frame changes it. That none is missing is known by the numbers of the
 * connection alone (`sequenceBreak` of the decoder), which then proves none of its books.
 */
export const createBookRule = (): BookRule => {
  const ladder = createLadder()
  let isProven = false
  const reset = () => {
    ladder.clear()
    isProven = false
  }
  return {
    take: (record) => {
      if (record.type === 'book_snapshot') reset()
      else if (!isProven) return { kind: 'waiting' }
      ladder.apply(record)
      isProven = true
      if (!ladder.isCrossed()) return { kind: 'proven' }
      reset()
      return { kind: 'broken', reason: 'bids and asks cross' }
    },
    reset,
    bids: (count) => ladder.bids(count),
    asks: (count) => ladder.asks(count),
    // The records' numbers count the frames of a connection.
    lastUpdateId: () => null,
  }
}
