import { invariant } from '../kernel/index.ts'
import { mix32, mixOf } from './mixing.ts'

/** A one-to-one map of [0, size) onto itself. */
export type Permutation = (index: number) => number

/** Rows, columns and their product stay exact far below 2^53. */
export const MAX_PERMUTED = 1e15

/** Fewer let patterns through where a half has two or three values. */
const ROUNDS = 10

/**
 * A seeded permutation of any size in constant memory: a generalised Feistel network over a rectangle of at least
 * `size` cells, walked until the value is in range (Black & Rogaway 2002, "Ciphers with arbitrary finite domains",
 * methods 2 and 3). The rectangle has fewer than ceil(sqrt(size)) cells too many, so a second step is rare.
 */
export const createPermutation = (size: number, seed: number): Permutation => {
  invariant(Number.isInteger(size) && size >= 1 && size <= MAX_PERMUTED, `permutation of ${size} values`)
  const rows = Math.ceil(Math.sqrt(size))
  const columns = Math.ceil(size / rows)
  const keys = Uint32Array.from({ length: ROUNDS }, (_, round) => mixOf(seed, size, round))
  const step = (index: number): number => {
    let right = Math.floor(index / rows)
    let left = index - right * rows
    for (let round = 0; round < ROUNDS; round += 2) {
      left += shiftBelow(rows, right ^ keys[round]!)
      if (left >= rows) left -= rows
      right += shiftBelow(columns, left ^ keys[round + 1]!)
      if (right >= columns) right -= columns
    }
    return right * rows + left
  }
  return (index) => {
    // Ends, because following a permutation from a value in range leads back into the range.
    let value = step(index)
    while (value >= size) value = step(value)
    return value
  }
}

/** A whole number in [0, count) from 32 scrambled bits. */
const shiftBelow = (count: number, bits: number): number => Math.floor((mix32(bits) / 2 ** 32) * count)
