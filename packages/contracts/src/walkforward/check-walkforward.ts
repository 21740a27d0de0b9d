import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { timeframeText } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Axis, type AxisValues, combinationCount } from '@botcriptofy/engine/sweep'
import { type Span, walkForwardWindows, type WalkForwardWindow } from '@botcriptofy/engine/validity'
import { checkSweep } from '../sweep/index.ts'

export const MAX_WINDOWS = 200
const MAX_RUNS = 100_000

/** Lengths in ms. */
export interface WindowPlan {
  readonly mode: 'anchored' | 'rolling'
  readonly trainMs: number
  readonly testMs: number
  readonly purgeMs: number
  readonly embargoMs: number
}

export interface WalkForwardRequest {
  readonly strategy: Strategy
  readonly parameters: Readonly<Record<string, AxisValues>>
  readonly plan: WindowPlan
  /** Candles there are, [from, to) in epoch ms. */
  readonly data: Span
  /** Length of a bar. */
  readonly barMs: number
}

export interface CheckedWalkForward {
  readonly axes: readonly Axis[]
  readonly windows: readonly WalkForwardWindow[]
}

const NAMES = ['trainMs', 'testMs', 'purgeMs', 'embargoMs'] as const

/** As the options of the CLI say it, and as the body of a request does. */
const lengthText = (ms: number): string => `${timeframeText(ms)} (${ms} ms)`

const DAY_MS = 86_400_000
/** Of candles, which nobody chose to be of a round length. */
const spanText = (ms: number): string =>
  ms < DAY_MS ? lengthText(ms) : `${Math.floor(ms / (DAY_MS / 10)) / 10}d (${ms} ms)`

const windowProblem = (problem: Problem, { plan, data }: WalkForwardRequest): Problem => {
  if (problem.path !== 'data') return { ...problem, path: `windows.${problem.path}Ms` }
  const { trainMs, testMs, purgeMs, embargoMs } = plan
  const needed = lengthText(trainMs + testMs + purgeMs + embargoMs)
  return {
    path: 'candles',
    expected: `at least ${needed} for train, purge, embargo and one test`,
    actual: spanText(data.to - data.from),
  }
}

/** The grid and the windows, or all that is wrong with them; a length that cuts a bar in two is among it. */
export const checkWalkForward = (
  request: WalkForwardRequest,
): Result<CheckedWalkForward, readonly Problem[]> => {
  const { plan, data, barMs } = request
  const odd = NAMES.filter((name) => plan[name] % barMs !== 0)
  if (odd.length > 0) {
    const expected = `a multiple of ${lengthText(barMs)}, which is a bar`
    return err(odd.map((name) => ({ path: `windows.${name}`, expected, actual: lengthText(plan[name]) })))
  }
  const axes = checkSweep(request.strategy, request.parameters)
  if (!axes.ok) return axes
  const { mode, trainMs: train, testMs: test, purgeMs: purge, embargoMs: embargo } = plan
  const found = walkForwardWindows({ data, mode, train, test, purge, embargo })
  if (!found.ok) {
    return err(found.error.map((problem) => windowProblem(problem, request)))
  }
  const { windows } = found.value
  if (windows.length > MAX_WINDOWS) {
    const expected = `at most ${MAX_WINDOWS} windows`
    return err([{ path: 'windows.testMs', expected, actual: `${windows.length} windows` }])
  }
  const runs = windows.length * combinationCount(axes.value)
  if (runs > MAX_RUNS) {
    const expected = `at most ${MAX_RUNS} runs in all windows`
    return err([{ path: 'parameters', expected, actual: String(runs) }])
  }
  return ok({ axes: axes.value, windows })
}
