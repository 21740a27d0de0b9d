import type { BookLevel } from '@botcriptofy/contracts/stream'
import { decimalsOf } from '../frame/index.ts'
import { checksumDigits, crc32, type Precision } from './checksum.ts'

/** The venue's checksum covers so many levels of each side. */
const CHECKSUM_LEVELS = 10

/** One side, best level first; numbers beside the texts, because texts do not sort. */
interface Side {
  readonly sign: 1 | -1
  levels: { readonly price: number; readonly level: BookLevel }[]
}

/**
 * The book of one pair to a subscribed depth, by the venue's rule: apply all levels of a message, then cut to the depth,
 * because no removal comes for levels that fall out.
 */
export interface Book {
  readonly apply: (changes: {
    readonly bids: readonly BookLevel[]
    readonly asks: readonly BookLevel[]
  }) => void
  /** The depth that was subscribed, where it becomes known after the first levels. */
  readonly resize: (depth: number) => void
  /** Best first, as they were printed. */
  readonly bids: () => readonly BookLevel[]
  readonly asks: () => readonly BookLevel[]
  /** CRC-32 over the top ten asks, then the top ten bids; undefined where a level has more decimals than that. */
  readonly checksum: (precision: Precision) => number | undefined
  /** The decimals under which the book has this checksum; undefined where there are none, or nothing is in the book. */
  readonly findPrecision: (checksum: number) => Precision | undefined
}

export const createBook = (subscribedDepth: number): Book => {
  let depth = subscribedDepth
  const bids: Side = { sign: -1, levels: [] }
  const asks: Side = { sign: 1, levels: [] }
  const tops = () => [...asks.levels.slice(0, CHECKSUM_LEVELS), ...bids.levels.slice(0, CHECKSUM_LEVELS)]
  const checksum = (precision: Precision): number | undefined => {
    let text = ''
    for (const { level } of tops()) {
      const price = checksumDigits(level[0], precision.price)
      const amount = checksumDigits(level[1], precision.amount)
      if (price === undefined || amount === undefined) return undefined
      text += price + amount
    }
    return crc32(text)
  }
  return {
    apply: (changes) => {
      for (const level of changes.bids) setLevel(bids, level)
      for (const level of changes.asks) setLevel(asks, level)
      bids.levels.length = Math.min(bids.levels.length, depth)
      asks.levels.length = Math.min(asks.levels.length, depth)
    },
    resize: (known) => (depth = known),
    bids: () => bids.levels.map(({ level }) => level),
    asks: () => asks.levels.map(({ level }) => level),
    checksum,
    findPrecision: (wanted) => {
      const levels = tops().map(({ level }) => level)
      // An empty book has one checksum under all decimals.
      if (levels.length === 0) return undefined
      return precisionsFor(levels).find((precision) => checksum(precision) === wanted)
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

/** The venue prints no more decimals. */
const MAX_DECIMALS = 12

/** From the decimals that are seen, which are all of them unless zeros at the end were lost, upwards. */
const precisionsFor = (levels: readonly BookLevel[]): readonly Precision[] => {
  const from = (column: 0 | 1) => Math.max(0, ...levels.map((level) => decimalsOf(level[column])))
  const upTo = (least: number) =>
    Array.from({ length: Math.max(1, MAX_DECIMALS - least + 1) }, (_, k) => least + k)
  return upTo(from(0)).flatMap((price) => upTo(from(1)).map((amount) => ({ price, amount })))
}
