import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { parseTimeframe } from '@botcriptofy/engine/market'
import { compileStrategy, type Strategy } from '@botcriptofy/engine/strategy'
import { inputProblems } from '../input/index.ts'
import { strategySchema } from './strategy.ts'

export interface StrategyContext {
  /** Timeframe of the candles the strategy is meant for, where known: those of its indicators have to fit. */
  readonly timeframe?: string | undefined
}

/** Shape, names and ranges of a strategy as a user sent it; every problem with its path below `strategy`. */
export const checkStrategy = (
  input: unknown,
  { timeframe }: StrategyContext = {},
): Result<Strategy, readonly Problem[]> => {
  const parsed = strategySchema.safeParse(input)
  if (!parsed.success) return err(inputProblems(parsed.error, input).map(belowStrategy))
  const compiled = compileStrategy(parsed.data, { barMs: barMsOf(timeframe) })
  return compiled.ok ? ok(parsed.data) : err(compiled.error.map(belowStrategy))
}

const barMsOf = (timeframe: string | undefined): number | undefined => {
  const parsed = timeframe === undefined ? undefined : parseTimeframe(timeframe, 'timeframe')
  return parsed?.ok === true ? parsed.value : undefined
}

const belowStrategy = (problem: Problem): Problem => ({
  ...problem,
  path: problem.path === '$' ? 'strategy' : `strategy.${problem.path}`,
})
