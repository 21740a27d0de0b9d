import { invariant } from '../kernel/index.ts'
import { mix32, mixOf } from './mixing.ts'

/** A one-to-one map of [0, size) onto itself, and back. */
export interface Permutation {
  readonly at: (index: number) => number
  readonly indexOf: (value: number) => number
}

/** Products of two halves stay exact below 2^53 with room to spare. */
export const MAX_PERMUTED = 1e15

/** Fewer let patterns through where a half has two or three values. */
const ROUNDS = 10

/**
 * A seeded permutation of any size in constant memory: a generalised Feistel network over a rectangle of at least
 * `size` cells, walked until the value is in range (Black & Rogaway 2002, "Ciphers with arbitrary finite domains",
 * methods 2 and 3). The rectangle has at most ceil(sqrt(size)) cells too many, so a second step is rare.
 */
export const createPermutation = (size: number, seed: number): Permutation => {
  invariant(Number.isInteger(size) && size >= 1 && size <= MAX_PERMUTED, `permutation of ${size} values`)
  const rows = Math.ceil(Math.sqrt(size))
  const columns = Math.ceil(size / rows)
  const keys = Array.from({ length: ROUNDS }, (_, round) => mixOf(seed, size, round))
  const shift = (round: number, half: number) => mix32(half ^ keys[round]!)
  const forth = (index: number): number => {
    let left = index % rows
    let right = Math.floor(index / rows)
    for (let round = 0; round < ROUNDS; round += 2) {
      left = (left + shift(round, right)) % rows
      right = (right + shift(round + 1, left)) % columns
    }
    return right * rows + left
  }
  const back = (value: number): number => {
    let left = value % rows
    let right = Math.floor(value / rows)
    for (let round = ROUNDS - 2; round >= 0; round -= 2) {
      right = modulo(right - shift(round + 1, left), columns)
      left = modulo(left - shift(round, right), rows)
    }
    return right * rows + left
  }
  return { at: (index) => walk(forth, index, size), indexOf: (value) => walk(back, value, size) }
}

const modulo = (value: number, size: number): number => ((value % size) + size) % size

/** Ends, because following a permutation from a value in range leads back into the range. */
const walk = (step: (value: number) => number, start: number, size: number): number => {
  let value = step(start)
  while (value >= size) value = step(value)
  return value
}
