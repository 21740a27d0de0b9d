import type { BookLevel } from '@botcriptofy/contracts/stream'

/** One side, best level first; numbers beside the texts, because texts do not sort. */
interface Side {
  readonly sign: 1 | -1
  levels: { readonly price: number; readonly level: BookLevel }[]
}

export interface BookChanges {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** The two sides of a book, as the changes leave them, down to a depth. */
export interface Ladder {
  /** Absolute amounts; an amount of 0 removes the level, and removing one that is not there is no fault. */
  readonly apply: (changes: BookChanges) => void
  readonly clear: () => void
  readonly resize: (depth: number) => void
  /** Best first, as they were printed; all of them, or so many. */
  readonly bids: (count?: number) => readonly BookLevel[]
  readonly asks: (count?: number) => readonly BookLevel[]
  /** The best bid is at or above the best ask, which no venue's book is between two messages. */
  readonly isCrossed: () => boolean
}

export const createLadder = (mostLevels = Number.POSITIVE_INFINITY): Ladder => {
  let depth = mostLevels
  const bids: Side = { sign: -1, levels: [] }
  const asks: Side = { sign: 1, levels: [] }
  const cut = (side: Side) => {
    if (side.levels.length > depth) side.levels.length = depth
  }
  const best = (side: Side, count?: number) => side.levels.slice(0, count).map(({ level }) => level)
  return {
    apply: (changes) => {
      for (const level of changes.bids) setLevel(bids, level)
      for (const level of changes.asks) setLevel(asks, level)
      cut(bids)
      cut(asks)
    },
    clear: () => {
      bids.levels = []
      asks.levels = []
    },
    resize: (known) => (depth = known),
    bids: (count) => best(bids, count),
    asks: (count) => best(asks, count),
    isCrossed: () => {
      const [bid, ask] = [bids.levels[0], asks.levels[0]]
      return bid !== undefined && ask !== undefined && bid.price >= ask.price
    },
  }
}

const setLevel = (side: Side, level: BookLevel): void => {
  const price = Number(level[0])
  const { levels, sign } = side
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((levels[middle]!.price - price) * sign < 0) low = middle + 1
    else high = middle
  }
  const isThere = levels[low]?.price === price
  if (Number(level[1]) > 0) levels.splice(low, isThere ? 1 : 0, { price, level })
  else if (isThere) levels.splice(low, 1)
}
