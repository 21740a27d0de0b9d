import { err, ok, type Problem, type Result, seededRandom } from '../kernel/index.ts'
import type { EquitySteps } from './equity-steps.ts'
import { automaticBlockLength, type ResampleMethod, resamplerOf } from './resample.ts'
import { type MonteCarloResult, simulatePaths } from './simulated-paths.ts'

/** What every Monte Carlo run asks for. */
export interface MonteCarloOptions {
  /** Histories to make, 1 to 100,000. */
  readonly runs: number
  /** Whole number; the same seed gives the same result on every machine. */
  readonly seed: number
  /** Falls to give the probability of, fractions between 0 and 1. */
  readonly drawdowns?: readonly number[]
}

export interface ResampleInput extends MonteCarloOptions {
  readonly steps: EquitySteps
  readonly method: ResampleMethod
  /** Mean length of the blocks, in steps, 1 or more; n^(1/3) when left out. */
  readonly meanBlockLength?: number | undefined
}

const MAX_RUNS = 100_000
const FEWEST_STEPS = 2
const DRAWDOWNS = [0.1, 0.2, 0.3, 0.5] as const

/** The falls asked for, or the usual ones. */
export const drawdownsOf = ({ drawdowns = DRAWDOWNS }: MonteCarloOptions): readonly number[] => drawdowns

interface Asked extends MonteCarloOptions {
  readonly steps: number
  readonly startEquity: number
}

/** Everything wrong with what was asked for. */
export const monteCarloProblems = (asked: Asked): readonly Problem[] => {
  const { runs, seed, steps, startEquity } = asked
  const isRuns = Number.isInteger(runs) && runs >= 1 && runs <= MAX_RUNS
  const odd = drawdownsOf(asked).find((fraction) => !(fraction > 0 && fraction < 1))
  const rules: readonly [holds: boolean, problem: Problem][] = [
    [isRuns, { path: 'runs', expected: `a whole number from 1 to ${MAX_RUNS}`, actual: String(runs) }],
    [Number.isSafeInteger(seed), { path: 'seed', expected: 'a whole number', actual: String(seed) }],
    [startEquity > 0, { path: 'startEquity', expected: 'a number above 0', actual: String(startEquity) }],
    [steps >= FEWEST_STEPS, { path: 'steps', expected: `${FEWEST_STEPS} or more`, actual: String(steps) }],
    [odd === undefined, { path: 'drawdowns', expected: 'fractions between 0 and 1', actual: String(odd) }],
  ]
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem)
}

/**
 * Makes other histories of the steps that were seen and says how they end. What a method cannot say: a shuffle always
 * ends where the original ended, only the way there differs; a bootstrap treats steps as independent; all of them take
 * the steps that were seen for all that can happen.
 */
export const resampleMonteCarlo = (
  input: ResampleInput,
): Result<MonteCarloResult & { readonly meanBlockLength: number | null }, readonly Problem[]> => {
  const { steps, method, runs, seed } = input
  const { values, effect, startEquity } = steps
  const meanBlockLength = input.meanBlockLength ?? automaticBlockLength(values.length)
  const problems = monteCarloProblems({ ...input, steps: values.length, startEquity })
  if (problems.length > 0) return err(problems)
  if (!(meanBlockLength >= 1)) {
    return err([
      { path: 'meanBlockLength', expected: 'a number, 1 or more', actual: String(meanBlockLength) },
    ])
  }
  const random = seededRandom(seed)
  const resample = resamplerOf(method, meanBlockLength)
  const order = new Int32Array(values.length)
  const drawSteps = (drawn: Float64Array): void => {
    resample(order, random)
    for (let i = 0; i < order.length; i++) drawn[i] = values[order[i] as number] as number
  }
  const drawdowns = drawdownsOf(input)
  const result = simulatePaths({ startEquity, effect, observed: values, runs, drawSteps, drawdowns })
  return ok({ ...result, meanBlockLength: method === 'blocks' ? meanBlockLength : null })
}
