import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { compileStrategy, type Strategy } from '@botcriptofy/engine/strategy'
import { inputProblems } from '../input/index.ts'
import { strategySchema } from './strategy.ts'

/** Shape, names and ranges of a strategy as a user sent it; every problem with its path below `strategy`. */
export const checkStrategy = (input: unknown): Result<Strategy, readonly Problem[]> => {
  const parsed = strategySchema.safeParse(input)
  if (!parsed.success) return err(inputProblems(parsed.error, input).map(belowStrategy))
  const compiled = compileStrategy(parsed.data)
  return compiled.ok ? ok(parsed.data) : err(compiled.error.map(belowStrategy))
}

const belowStrategy = (problem: Problem): Problem => ({
  ...problem,
  path: problem.path === '$' ? 'strategy' : `strategy.${problem.path}`,
})
