import type { BlockStatistics } from '@botcriptofy/engine/validity'

const NUMBERS = 3

/** Three doubles a block, as they lie in memory; no bytes at all where the run was too short for blocks. */
export const packBlockReturns = (blocks: readonly BlockStatistics[] | null): Buffer => {
  const rows = (blocks ?? []).map(({ count, sum, sumOfSquares }) => [count, sum, sumOfSquares])
  return Buffer.from(Float64Array.from(rows.flat()).buffer)
}

export const unpackBlockReturns = (bytes: Uint8Array): readonly BlockStatistics[] => {
  // A copy, because a typed array's offset must be a multiple of its element size.
  const numbers = new Float64Array(Uint8Array.from(bytes).buffer)
  return Array.from({ length: numbers.length / NUMBERS }, (_, block) => {
    const [count = 0, sum = 0, sumOfSquares = 0] = numbers.subarray(block * NUMBERS)
    return { count, sum, sumOfSquares }
  })
}
