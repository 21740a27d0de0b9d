import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { visitSplits } from './block-splits.ts'
import type { BlockStatistics } from './block-statistics.ts'
import type { Judged } from './reasons.ts'

export interface OverfittingResult {
  readonly trials: number
  readonly blocks: number
  /** Ways to choose half of the blocks for training, S!/(S/2)!^2. */
  readonly splits: number
  /** PBO: share of the splits whose best trial in sample is in the lower half out of sample; in [0, 1]. */
  readonly probabilityOfOverfitting: number
  /** Share of the splits whose best trial in sample has a Sharpe ratio below 0 out of sample. */
  readonly probabilityOfLoss: number
  /** Least-squares line of the best trial's Sharpe ratio out of sample on that in sample; below 0: more is worse. */
  readonly degradation: {
    readonly slope: Judged
    readonly intercept: Judged
    /** R^2, in [0, 1]. */
    readonly fit: Judged
  }
  /** One row a split: logit of the relative rank, and the best trial's Sharpe ratios of one day. */
  readonly logits: Float64Array
  readonly inSample: Float64Array
  readonly outOfSample: Float64Array
}

const MOST_BLOCKS = 20

/** What keeps block statistics of trials from being compared. */
export const trialsProblem = (trials: readonly (readonly BlockStatistics[])[]): Problem | undefined => {
  const [first = []] = trials
  if (trials.length < 2) {
    return { path: 'trials', expected: '2 or more', actual: String(trials.length) }
  }
  if (first.length < 2 || first.length > MOST_BLOCKS || first.length % 2 === 1) {
    const expected = `an even number of blocks from 2 to ${MOST_BLOCKS}`
    return { path: 'trials[0]', expected, actual: String(first.length) }
  }
  for (const [at, trial] of trials.entries()) {
    const path = `trials[${at}]`
    if (trial.length !== first.length) {
      return { path, expected: `${first.length} blocks as the first trial`, actual: String(trial.length) }
    }
    for (const [block, { count, sum, sumOfSquares }] of trial.entries()) {
      const blockPath = `${path}[${block}]`
      const days = first[block]!.count
      if (count !== days || count < 2) {
        const expected = days < 2 ? '2 days or more' : `${days} days as the first trial`
        return { path: `${blockPath}.count`, expected, actual: String(count) }
      }
      if (!Number.isFinite(sum) || !Number.isFinite(sumOfSquares)) {
        return { path: blockPath, expected: 'finite sums', actual: `${sum} and ${sumOfSquares}` }
      }
    }
  }
  return undefined
}

const indexOfHighest = (values: Float64Array): number => {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

/** Relative rank in (0, 1), 1/(N + 1) the worst; equals share the mean of their ranks. */
const relativeRank = (values: Float64Array, of: number): number => {
  const value = values[of]!
  let below = 0
  let equal = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < value) below++
    else if (values[i]! === value) equal++
  }
  return (below + (equal + 1) / 2) / (values.length + 1)
}

const degradationOf = (x: Float64Array, y: Float64Array): OverfittingResult['degradation'] => {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanX, meanY] = [mean(x), mean(y)]
  let [xx, xy, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY]
    xx += dx * dx
    xy += dx * dy
    yy += dy * dy
  }
  if (xx === 0) return { slope: 'ZERO_VARIANCE', intercept: 'ZERO_VARIANCE', fit: 'ZERO_VARIANCE' }
  const slope = xy / xx
  const fit = yy === 0 ? 'ZERO_VARIANCE' : Math.min(1, (xy * xy) / (xx * yy))
  return { slope, intercept: meanY - slope * meanX, fit }
}

const shareOf = (values: Float64Array, isCounted: (value: number) => boolean): number =>
  values.reduce((count, value) => count + (isCounted(value) ? 1 : 0), 0) / values.length

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado &
 * Zhu, The Probability of Backtest Overfitting, J. Computational Finance 20(4), 2017). Every half of the S blocks once
 * trains (the trial with the highest Sharpe ratio there is chosen) while the other half tests; the chosen one's
 * relative rank w in the test gives the logit ln(w / (1 - w)); PBO is the share of logits at or below 0.
 *
 * Takes per trial and block what `blockStatistics` yields, the same grid for all. Among equals the first is chosen.
 * Refused: fewer than 2 trials, blocks that differ between trials, or more than 20 of them. Work grows with
 * trials times splits: 12,870 splits for 16 blocks.
 */
export const backtestOverfitting = (
  trials: readonly (readonly BlockStatistics[])[],
): Result<OverfittingResult, Problem> => {
  const problem = trialsProblem(trials)
  if (problem !== undefined) return err(problem)
  const rows: [logit: number, trained: number, tested: number][] = []
  const judge = (training: Float64Array, test: Float64Array): void => {
    const best = indexOfHighest(training)
    const rank = relativeRank(test, best)
    rows.push([Math.log(rank / (1 - rank)), training[best]!, test[best]!])
  }
  visitSplits(trials, (one, other) => {
    judge(one, other)
    judge(other, one)
  })
  const [logits, inSample, outOfSample] = ([0, 1, 2] as const).map((column) =>
    Float64Array.from(rows, (row) => row[column]),
  ) as [Float64Array, Float64Array, Float64Array]
  return ok({
    trials: trials.length,
    blocks: trials[0]!.length,
    splits: rows.length,
    probabilityOfOverfitting: shareOf(logits, (logit) => logit <= 0),
    probabilityOfLoss: shareOf(outOfSample, (sharpe) => sharpe < 0),
    degradation: degradationOf(inSample, outOfSample),
    logits,
    inSample,
    outOfSample,
  })
}
