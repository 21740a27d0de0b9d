import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { compileStrategy, type Program, type Strategy } from '@botcriptofy/engine/strategy'
import { createDraw, type Draw } from './draw.ts'
import { randomCandles, type RandomSeries } from './random-candles.ts'
import { randomConfig, withAccountFeatures } from './random-config.ts'
import { randomStrategy, withOrderFeatures } from './random-strategy.ts'

/** `plain` has market entries on a spot account; `featured` may use everything an order or an account can have. */
export type RunKind = 'plain' | 'featured'

/** A backtest that nobody would think of. */
export interface RandomRun {
  readonly series: RandomSeries
  readonly strategy: Strategy
  readonly program: Program
  readonly config: BacktestConfig
}

const BARS = [1, 2, 3, 40, 90, 150, 150, 240] as const

/** Drawn rules may contradict what compilation allows (a stop beyond zero): such draws are thrown away. */
const compiled = (
  draw: Draw,
  series: RandomSeries,
  kind: RunKind,
): { readonly strategy: Strategy; readonly program: Program } => {
  for (;;) {
    const plain = randomStrategy(draw, series)
    const strategy = kind === 'plain' ? plain : withOrderFeatures(draw, plain, series)
    const result = compileStrategy(strategy)
    if (result.ok) return { strategy, program: result.value }
  }
}

/** The same seed and kind give the same run. */
export const randomRun = (seed: number, kind: RunKind): RandomRun => {
  const draw = createDraw(seed)
  const series = randomCandles(draw, draw.pick(BARS))
  const { strategy, program } = compiled(draw, series, kind)
  const plain = randomConfig(draw, series)
  const config = kind === 'plain' ? plain : withAccountFeatures(draw, plain, series)
  return { series, strategy, program, config }
}
