import { blockStatistics } from '@botcriptofy/engine/validity'
import { describe, expect, it } from 'vitest'
import { judgeOverfitting } from './judge-overfitting.ts'
import { sweepValidity } from './validity.http.ts'

/** Daily returns of three runs, in four blocks of two days; worked by hand where the engine tests it. */
const BLOCKS = [
  [3, 1, 2, 0, -1, 1, 1, -3],
  [-1, 1, 1, 2, 2, 2, 0, 4],
  [1, -1, 0, -2, 3, 1, -2, 0],
].map((returns) => blockStatistics(Float64Array.from(returns), { days: 8, blocks: 4 }))

describe('judgeOverfitting', () => {
  it('has the values of an example worked by hand, in the shape of the answer', () => {
    const judged = judgeOverfitting({ runs: 5, known: 3, blocks: BLOCKS })
    expect(sweepValidity.shape.overfitting.parse(judged)).toEqual(judged)
    expect(judged).toMatchObject({ reason: null, runs: 5, compared: 3, blocks: 4, splits: 6 })
    expect(judged.probability).toBeCloseTo(2 / 6, 14)
    expect(judged.probabilityOfLoss).toBeCloseTo(1 / 6, 14)
    expect(judged.slope).toBeCloseTo(-0.5025693207942691, 12)
  })

  const shorter = blockStatistics(new Float64Array(8), { days: 8, blocks: 2 })
  it.each([
    ['TOO_FEW_TRIALS', 'one run', { runs: 1, known: 1, blocks: [BLOCKS[0]!] }],
    ['UNKNOWN_BLOCKS', 'results of before', { runs: 9, known: 1, blocks: [BLOCKS[0]!] }],
    ['TOO_FEW_DAYS', 'runs too short for blocks', { runs: 2, known: 2, blocks: [[], []] }],
    ['UNEQUAL_BLOCKS', 'runs over other days', { runs: 2, known: 2, blocks: [BLOCKS[0]!, shorter] }],
  ])('says %s for %s', (...[reason, , given]) => {
    const judged = judgeOverfitting(given)
    expect(sweepValidity.shape.overfitting.parse(judged)).toEqual(judged)
    expect(judged).toMatchObject({ probability: null, reason, runs: given.runs, compared: 0 })
  })
})
