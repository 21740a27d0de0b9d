import { describe, expect, it } from 'vitest'
import { packBlockReturns, unpackBlockReturns } from './block-returns.ts'

describe('packBlockReturns', () => {
  it('keeps every number to the last bit in 24 bytes a block', () => {
    const blocks = [
      { count: 18, sum: 0.1 + 0.2, sumOfSquares: 1e-300 },
      { count: 19, sum: -1 / 3, sumOfSquares: 5 },
    ]
    const bytes = packBlockReturns(blocks)
    expect(bytes).toHaveLength(48)
    // Shifted by one, as a column in the middle of an answer may lie.
    const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1)
    expect(unpackBlockReturns(shifted)).toStrictEqual(blocks)
  })

  it('has no bytes for a run that was too short', () => {
    expect(packBlockReturns(null)).toHaveLength(0)
    expect(unpackBlockReturns(Buffer.alloc(0))).toEqual([])
  })
})
