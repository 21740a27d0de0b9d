import { err, ok, type Problem, type Result } from '../kernel/index.ts'

/** A half-open range [from, to), in bars or in ms. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** All lengths and ends are whole numbers of one unit: bars, or ms. */
export interface WalkForwardPlan {
  /** Whole data, [from, to). */
  readonly data: Span
  /** Anchored: every training starts with the data and grows. Rolling: it keeps its length and moves along. */
  readonly mode: 'anchored' | 'rolling'
  /** Length of the training; of the first one when anchored. */
  readonly train: number
  /** Length of each test; the next one starts where it ends. */
  readonly test: number
  /** Left out before the test, so that no trade opened in training is still open in the test. */
  readonly purge?: number
  /** Left out besides, for what stays correlated longer than a trade lasts. */
  readonly embargo?: number
}

export interface WalkForwardWindow {
  readonly train: Span
  readonly test: Span
}

export interface WalkForwardWindows {
  readonly windows: readonly WalkForwardWindow[]
  /** Length of the data behind the last whole test. */
  readonly unused: number
}

const MAX_WINDOWS = 1000

const lengthProblems = (plan: WalkForwardPlan): readonly Problem[] => {
  const { train, test, purge = 0, embargo = 0, data } = plan
  const positive = { train, test }
  const gaps = { purge, embargo }
  const ends = { 'data.from': data.from, 'data.to': data.to }
  const check = (values: Readonly<Record<string, number>>, least: number, expected: string): Problem[] =>
    Object.entries(values)
      .filter(([, value]) => !Number.isSafeInteger(value) || value < least)
      .map(([path, value]) => ({ path, expected, actual: String(value) }))
  return [
    ...check(positive, 1, 'a whole number, 1 or more'),
    ...check(gaps, 0, 'a whole number, 0 or more'),
    ...check(ends, -Infinity, 'a whole number'),
  ]
}

/**
 * Windows of a walk-forward analysis (Pardo, 2008, ch. 11): parameters are chosen on each training and judged on the
 * test behind it; the tests follow each other without a hole, so that their results join to one curve.
 *
 * Between training and test lie `purge` + `embargo`, cut from the end of the training. Purging and embargo are those of
 * Lopez de Prado (Advances in Financial Machine Learning, 2018, 7.4): purging drops training whose outcome overlaps the
 * test in time, so `purge` is at least the longest trade; embargo drops what is still serially correlated with the test
 * beyond that. He needs the embargo where training follows a test; a walk forward trains only on what precedes one, so
 * here it lies on that side. A rolling training keeps its full length in front of the gap.
 *
 * Every window has a whole test; `unused` is what remains. Refused: lengths that are not whole, data too short for one
 * window, and more than 1000 windows.
 */
export const walkForwardWindows = (plan: WalkForwardPlan): Result<WalkForwardWindows, readonly Problem[]> => {
  const problems = lengthProblems(plan)
  if (problems.length > 0) return err(problems)
  const { data, mode, train, test, purge = 0, embargo = 0 } = plan
  const gap = purge + embargo
  const length = data.to - data.from
  const needed = train + gap + test
  if (length < needed) {
    const expected = `at least train + purge + embargo + test = ${needed}`
    return err([{ path: 'data', expected, actual: String(Math.max(0, length)) }])
  }
  const count = Math.floor((length - train - gap) / test)
  if (count > MAX_WINDOWS) {
    return err([{ path: 'test', expected: `at most ${MAX_WINDOWS} windows`, actual: `${count} windows` }])
  }
  const windows = Array.from({ length: count }, (_, k): WalkForwardWindow => {
    const testFrom = data.from + train + gap + k * test
    const trainTo = testFrom - gap
    const trainFrom = mode === 'anchored' ? data.from : trainTo - train
    return { train: { from: trainFrom, to: trainTo }, test: { from: testFrom, to: testFrom + test } }
  })
  return ok({ windows, unused: length - train - gap - count * test })
}
