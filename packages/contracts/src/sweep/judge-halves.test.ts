import { blockStatistics } from '@botcriptofy/engine/validity'
import { describe, expect, it } from 'vitest'
import { judgeHalves } from './judge-halves.ts'
import { sweepValidity } from './validity.http.ts'

/** Daily returns of runs in four blocks of two days; the Sharpe ratios are worked by hand where the engine tests them. */
const [A, B, C] = [
  [3, 1, 2, 0, -1, 1, 1, -3],
  [-1, 1, 1, 2, 2, 2, 0, 4],
  [1, -1, 0, -2, 3, 1, -2, 0],
].map((returns) => blockStatistics(Float64Array.from(returns), { days: 8, blocks: 4 })) as [
  ReturnType<typeof blockStatistics>,
  ReturnType<typeof blockStatistics>,
  ReturnType<typeof blockStatistics>,
]
const paramsOf = (ordinal: number) => ({ x: ordinal * 10 })
const judge = (compared: Parameters<typeof judgeHalves>[0]['compared']) =>
  judgeHalves({ compared, periodsPerYear: 4, paramsOf })

const BEST = {
  ordinal: 7,
  params: { x: 70 },
  first: { sharpe: expect.closeTo(2 * 0.596, 2), place: 2 },
  second: { sharpe: expect.closeTo(2 * 1.225, 2), place: 1 },
}

describe('judgeHalves', () => {
  it('tells of the best run and of the one that the first half alone would have chosen', () => {
    const best = { ordinal: 7, blocks: B }
    const { halves, points } = judge({ runs: 3, known: 3, ordinals: [2, 7, 9], blocks: [A, B, C], best })
    expect(sweepValidity.shape.halves.parse(halves)).toEqual(halves)
    expect(halves).toEqual({
      reason: null,
      runs: 3,
      compared: 3,
      days: { first: 4, second: 4 },
      // Ranks 3 2 1 and 1 3 2.
      rankCorrelation: expect.closeTo(-0.5, 14),
      best: BEST,
      chosen: {
        ordinal: 2,
        params: { x: 20 },
        first: { sharpe: expect.closeTo(2 * 1.162, 2), place: 1 },
        second: { sharpe: expect.closeTo(2 * -0.261, 2), place: 3 },
      },
    })
    expect([...points!.ordinal]).toEqual([2, 7, 9])
    expect(points!.first[1]).toBe(halves.best!.first.sharpe)
  })

  it('adds the best run to a sample that lacks it', () => {
    const best = { ordinal: 7, blocks: B }
    const { halves, points } = judge({ runs: 3, known: 3, ordinals: [2, 9], blocks: [A, C], best })
    expect(halves).toMatchObject({ runs: 3, compared: 3, best: BEST })
    expect([...points!.ordinal]).toEqual([2, 9, 7])
  })

  it('has places without a correlation where all runs are the same', () => {
    const { halves } = judge({ runs: 2, known: 2, ordinals: [0, 1], blocks: [A, A], best: null })
    expect(halves).toMatchObject({ reason: 'ZERO_VARIANCE', rankCorrelation: null, best: null })
    expect(halves.chosen).toMatchObject({ ordinal: 0, first: { place: 1 }, second: { place: 1 } })
  })

  const shorter = blockStatistics(new Float64Array(8), { days: 8, blocks: 2 })
  it.each([
    ['TOO_FEW_TRIALS', { runs: 1, known: 1, ordinals: [0], blocks: [A] }],
    ['UNKNOWN_BLOCKS', { runs: 9, known: 1, ordinals: [0], blocks: [A] }],
    ['TOO_FEW_DAYS', { runs: 2, known: 2, ordinals: [0, 1], blocks: [[], []] }],
    ['UNEQUAL_BLOCKS', { runs: 2, known: 2, ordinals: [0, 1], blocks: [A, shorter] }],
  ])('says %s where there is nothing to compare', (reason, compared) => {
    const { halves, points } = judge({ ...compared, best: null })
    expect(sweepValidity.shape.halves.parse(halves)).toEqual(halves)
    expect(halves).toMatchObject({ reason, compared: 0, rankCorrelation: null, best: null, chosen: null })
    expect(points).toBeNull()
  })
})
