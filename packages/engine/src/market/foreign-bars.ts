import type { Candles } from './candles.ts'

/** Bars with random holes between them look like longer bars with this chance; 2^-10 is about one in a thousand. */
const CHANCE = 2 ** -10

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/**
 * The length of the longer bars that a series of `barMs` bars really seems to be of, else undefined. Holes alone put every
 * step on a multiple of k bars with a chance of 1/k a step, so that a few sparse bars stay what they are said to be.
 */
export const foreignBarLength = ({ time }: Candles, barMs: number): number | undefined => {
  let length = 0
  for (let bar = 1; bar < time.length; bar++) {
    length = gcd(length, time[bar]! - time[bar - 1]!)
    if (length <= barMs) return undefined
  }
  const chance = (barMs / length) ** (time.length - 1)
  return length > barMs && chance < CHANCE ? length : undefined
}
