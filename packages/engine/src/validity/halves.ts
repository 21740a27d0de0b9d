import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { trialsProblem } from './backtest-overfitting.ts'
import { sharpeOf } from './block-splits.ts'
import type { BlockStatistics } from './block-statistics.ts'
import { rankCorrelation } from './rank-correlation.ts'
import type { Judged } from './reasons.ts'

export interface HalvesResult {
  /** Of the first half of the blocks, and of the second. */
  readonly days: readonly [first: number, second: number]
  /** Sharpe ratio of one day by trial; 0 where a trial stood still. */
  readonly first: Float64Array
  readonly second: Float64Array
  readonly rankCorrelation: Judged
}

const sumOf = (blocks: readonly BlockStatistics[], value: (block: BlockStatistics) => number): number =>
  blocks.reduce((sum, block) => sum + value(block), 0)

const daysOf = (blocks: readonly BlockStatistics[]): number => sumOf(blocks, ({ count }) => count)

const sharpesOf = (trials: readonly (readonly BlockStatistics[])[]): Float64Array =>
  Float64Array.from(trials, (blocks) => {
    const sum = sumOf(blocks, (block) => block.sum)
    const squares = sumOf(blocks, ({ sumOfSquares }) => sumOfSquares)
    return sharpeOf(daysOf(blocks), sum, squares)
  })

/**
 * What trials did in the first half of their blocks against what they did in the second, which is the one split of
 * `backtestOverfitting` in which time runs forward. Takes and refuses what that takes and refuses.
 */
export const compareHalves = (
  trials: readonly (readonly BlockStatistics[])[],
): Result<HalvesResult, Problem> => {
  const problem = trialsProblem(trials)
  if (problem !== undefined) return err(problem)
  const middle = trials[0]!.length / 2
  const [earlier, later] = [
    trials.map((blocks) => blocks.slice(0, middle)),
    trials.map((blocks) => blocks.slice(middle)),
  ]
  const [first, second] = [sharpesOf(earlier), sharpesOf(later)]
  return ok({
    days: [daysOf(earlier[0]!), daysOf(later[0]!)],
    first,
    second,
    rankCorrelation: rankCorrelation(first, second),
  })
}
