import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../kernel/index.ts'
import { backtestOverfitting, type OverfittingResult } from './backtest-overfitting.ts'
import { blockStatistics, type BlockStatistics } from './block-statistics.ts'

const judge = (trials: readonly (readonly BlockStatistics[])[]): OverfittingResult => {
  const judged = backtestOverfitting(trials)
  if (!judged.ok) throw new Error(JSON.stringify(judged.error))
  return judged.value
}

const trialsOf = (rows: readonly (readonly number[])[], blocks: number) =>
  rows.map((row) => blockStatistics(Float64Array.from(row), { days: row.length, blocks }))

/** Four blocks of two days. */
const TRIALS = trialsOf(
  [
    [3, 1, 2, 0, -1, 1, 1, -3],
    [-1, 1, 1, 2, 2, 2, 0, 4],
    [1, -1, 0, -2, 3, 1, -2, 0],
  ],
  4,
)

describe('backtestOverfitting', () => {
  it('has the values of an example worked by hand', () => {
    // Blocks in sample, Sharpe ratios there, the chosen one's out of sample, its rank among three there:
    //   1 2: 1.162 0.596 -0.387   first   -0.261   1    logit ln(1/3)
    //   1 3: 0.612 0.707  0.612   second   1.025   3    logit ln 3
    //   1 4: 0.199 0.463 -0.387   second   3.5     3    logit ln 3
    //   2 3: 0.387 3.5    0.240   second   0.463   3    logit ln 3
    //   2 4: 0     1.025 -0.866   second   0.707   3    logit ln 3
    //   3 4: -0.261 1.225 0.240   second   0.596   2    logit 0
    const result = judge(TRIALS)
    expect(result).toMatchObject({ trials: 3, blocks: 4, splits: 6 })
    expect(result.probabilityOfOverfitting).toBeCloseTo(2 / 6, 14)
    expect(result.probabilityOfLoss).toBeCloseTo(1 / 6, 14)
    const rounded = (values: Float64Array) =>
      [...values].map((value) => Number(value.toFixed(3))).toSorted((a, b) => a - b)
    expect(rounded(result.logits)).toEqual([-1.099, 0, 1.099, 1.099, 1.099, 1.099])
    expect(rounded(result.inSample)).toEqual([0.463, 0.707, 1.025, 1.162, 1.225, 3.5])
    expect(rounded(result.outOfSample)).toEqual([-0.261, 0.463, 0.596, 0.707, 1.025, 3.5])
    expect(result.degradation.slope).toBeCloseTo(-0.5025693207942691, 12)
    expect(result.degradation.intercept).toBeCloseTo(1.6818457435095784, 12)
    expect(result.degradation.fit).toBeCloseTo(0.1802626817105683, 12)
  })

  it('agrees with splitting the returns themselves', () => {
    // Some trials stand still in some blocks, as those do whose rules seldom speak.
    const returns = fc.record({
      seed: fc.integer(),
      still: fc.array(fc.integer({ min: 0, max: 63 }), { minLength: 2, maxLength: 6 }),
    })
    fc.assert(
      fc.property(returns, ({ seed, still }) => {
        const random = seededRandom(seed)
        const rows = still.map((mask) =>
          noise(random, 24, 0.1).map((value, day) => (((mask >> (day / 4)) & 1) === 1 ? 0 : value)),
        )
        const result = judge(trialsOf(rows, 6))
        const expected = splitReturns(rows, 6)
        expect(result.splits).toBe(20)
        expect(result.probabilityOfOverfitting).toBeCloseTo(expected.pbo, 12)
        expect(result.probabilityOfLoss).toBeCloseTo(expected.loss, 12)
      }),
      { seed: 4, numRuns: 60 },
    )
  })

  it('is near one half on average when no trial has any skill', () => {
    const values = Array.from({ length: 60 }, (_, seed) => {
      const random = seededRandom(seed)
      const rows = Array.from({ length: 20 }, () => noise(random, 120, 0))
      return judge(trialsOf(rows, 8)).probabilityOfOverfitting
    })
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean).toBeGreaterThan(0.42)
    expect(mean).toBeLessThan(0.62)
  })

  it.each([1, 2, 3, 4, 5])('is near 0 when one trial is truly better (seed %i)', (seed) => {
    const random = seededRandom(seed)
    const rows = Array.from({ length: 30 }, (_, trial) => noise(random, 480, trial === 7 ? 0.35 : 0))
    const { probabilityOfOverfitting, probabilityOfLoss } = judge(trialsOf(rows, 16))
    expect(probabilityOfOverfitting).toBeLessThan(0.02)
    expect(probabilityOfLoss).toBeLessThan(0.02)
  })

  it('counts all 12,870 splits of 16 blocks', () => {
    const random = seededRandom(9)
    expect(judge(trialsOf([noise(random, 64, 0), noise(random, 64, 0)], 16)).splits).toBe(12_870)
  })

  it('gives trials without trades a Sharpe ratio of 0, and equals the mean of their ranks', () => {
    const still = Array.from({ length: 8 }, () => 0)
    const result = judge(trialsOf([still, still, still], 4))
    expect([...result.logits]).toEqual([0, 0, 0, 0, 0, 0])
    expect(result.probabilityOfOverfitting).toBe(1)
    expect(result.probabilityOfLoss).toBe(0)
    expect(result.degradation).toEqual({
      slope: 'ZERO_VARIANCE',
      intercept: 'ZERO_VARIANCE',
      fit: 'ZERO_VARIANCE',
    })
  })

  it.each<[readonly (readonly BlockStatistics[])[], object]>([
    [[TRIALS[0]!], { path: 'trials', expected: '2 or more', actual: '1' }],
    [
      [TRIALS[0]!.slice(1), TRIALS[1]!.slice(1)],
      { path: 'trials[0]', expected: 'an even number of blocks from 2 to 20', actual: '3' },
    ],
    [
      [TRIALS[0]!, TRIALS[1]!.slice(2)],
      { path: 'trials[1]', expected: '4 blocks as the first trial', actual: '2' },
    ],
    [
      trialsOf([[1, 2, 3, 4, 5, 6, 7, 8, 9], [1]], 4).map((trial) => trial.slice(0, 4)),
      { path: 'trials[1][0].count', expected: '2 days as the first trial', actual: '0' },
    ],
    [trialsOf([[1], [1]], 2), { path: 'trials[0][0].count', expected: '2 days or more', actual: '0' }],
    [
      [TRIALS[0]!, TRIALS[1]!.map((block) => ({ ...block, sum: Number.NaN }))],
      { path: 'trials[1][0]', expected: 'finite sums', actual: 'NaN and 2' },
    ],
  ])('refuses trials that cannot be compared', (trials, error) => {
    expect(backtestOverfitting(trials)).toEqual({ ok: false, error })
  })
})

/** Roughly normal (the sum of four uniforms), deviation 1 around `mean`. */
const noise = (random: Random, days: number, mean: number): number[] =>
  Array.from({ length: days }, () => mean + (random() + random() + random() + random() - 2) * Math.sqrt(3))

const sharpeOf = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return squares < 1e-20 ? 0 : mean / Math.sqrt(squares / (values.length - 1))
}

/** The definition, word for word: every half of the blocks, the returns of both halves, ranks by counting. */
const splitReturns = (rows: readonly (readonly number[])[], blocks: number) => {
  const days = rows[0]!.length
  const blockOf = (day: number) =>
    Array.from({ length: blocks }, (_, k) => Math.floor((k * days) / blocks)).findLastIndex(
      (from) => from <= day,
    )
  const ratios = (mask: number, inside: boolean) =>
    rows.map((row) => sharpeOf(row.filter((_, day) => ((mask >> blockOf(day)) & 1) === (inside ? 1 : 0))))
  const halves = Array.from({ length: 2 ** blocks }, (_, mask) => mask).filter(
    (mask) => mask.toString(2).replaceAll('0', '').length === blocks / 2,
  )
  // Sums and differences of the same returns differ in their last digits.
  const isLess = (a: number, b: number) => a < b - 1e-9
  const outcomes = halves.map((mask) => {
    const [trained, tested] = [ratios(mask, true), ratios(mask, false)]
    const best = trained.findIndex((value) => !trained.some((other) => isLess(value, other)))
    const below = tested.filter((value) => isLess(value, tested[best]!)).length
    const above = tested.filter((value) => isLess(tested[best]!, value)).length
    return { low: below <= above, loss: isLess(tested[best]!, 0) }
  })
  const share = (key: 'low' | 'loss') => outcomes.filter((outcome) => outcome[key]).length / outcomes.length
  return { pbo: share('low'), loss: share('loss') }
}
