import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { compileStrategy, type Strategy } from '@botcriptofy/engine/strategy'
import {
  applyParams,
  type Axis,
  type AxisValues,
  combinationCount,
  expandAxes,
  paramsAt,
} from '@botcriptofy/engine/sweep'

export const MAX_COMBINATIONS = 1000
const MAX_PROBLEMS = 20

/** Expands the grid and makes sure that each of its combinations is a strategy that can run. */
export const checkSweep = (
  strategy: Strategy,
  parameters: Readonly<Record<string, AxisValues>>,
): Result<readonly Axis[], readonly Problem[]> => {
  const axes = expandAxes(parameters)
  if (!axes.ok) return axes
  const count = combinationCount(axes.value)
  if (count > MAX_COMBINATIONS) {
    const expected = `at most ${MAX_COMBINATIONS} combinations`
    return err([{ path: 'parameters', expected, actual: String(count) }])
  }
  const problems = new Map<string, Problem>()
  for (let ordinal = 0; ordinal < count && problems.size < MAX_PROBLEMS; ordinal++) {
    for (const problem of combinationProblems(strategy, axes.value, ordinal)) {
      problems.set(`${problem.path} ${problem.actual}`, problem)
    }
  }
  return problems.size === 0 ? ok(axes.value) : err([...problems.values()])
}

const combinationProblems = (
  strategy: Strategy,
  axes: readonly Axis[],
  ordinal: number,
): readonly Problem[] => {
  const applied = applyParams(strategy, paramsAt(axes, ordinal))
  if (!applied.ok) return applied.error
  const compiled = compileStrategy(applied.value)
  return compiled.ok
    ? []
    : compiled.error.map((problem) => ({ ...problem, path: `parameters.${problem.path}` }))
}
