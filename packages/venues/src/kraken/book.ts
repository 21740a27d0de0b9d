import type { BookLevel } from '@botcriptofy/contracts/stream'
import { createLadder, decimalsOf, type Ladder } from '../frame/index.ts'
import { checksumDigits, crc32, type Precision } from './checksum.ts'

/** The venue's checksum covers so many levels of each side. */
const CHECKSUM_LEVELS = 10

/** CRC-32 over the top ten asks, then the top ten bids, both best first; undefined where a level has more decimals. */
export const bookChecksum = (
  sides: { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] },
  precision: Precision,
): number | undefined => {
  let text = ''
  for (const [priceText, amountText] of [
    ...sides.asks.slice(0, CHECKSUM_LEVELS),
    ...sides.bids.slice(0, CHECKSUM_LEVELS),
  ]) {
    const price = checksumDigits(priceText, precision.price)
    const amount = checksumDigits(amountText, precision.amount)
    if (price === undefined || amount === undefined) return undefined
    text += price + amount
  }
  return crc32(text)
}

/**
 * The book of one pair to a subscribed depth, by the venue's rule: apply all levels of a message, then cut to the depth,
 * because no removal comes for levels that fall out.
 */
export interface Book extends Pick<Ladder, 'apply' | 'resize' | 'bids' | 'asks'> {
  /** Undefined where a level has more decimals than that. */
  readonly checksum: (precision: Precision) => number | undefined
  /** The decimals under which the book has this checksum; undefined where there are none, or nothing is in the book. */
  readonly findPrecision: (checksum: number) => Precision | undefined
}

export const createBook = (subscribedDepth: number): Book => {
  const ladder = createLadder(subscribedDepth)
  const tops = () => ({ bids: ladder.bids(CHECKSUM_LEVELS), asks: ladder.asks(CHECKSUM_LEVELS) })
  return {
    ...ladder,
    checksum: (precision) => bookChecksum(tops(), precision),
    findPrecision: (wanted) => {
      const sides = tops()
      const levels = [...sides.asks, ...sides.bids]
      // An empty book has one checksum under all decimals.
      if (levels.length === 0) return undefined
      return precisionsFor(levels).find((precision) => bookChecksum(sides, precision) === wanted)
    },
  }
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
