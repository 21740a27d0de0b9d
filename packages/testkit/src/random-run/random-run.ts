import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { compileStrategy, type Program, type Strategy } from '@botcriptofy/engine/strategy'
import { createDraw, type Draw } from './draw.ts'
import { randomCandles, randomDetailedCandles, type RandomSeries } from './random-candles.ts'
import { randomConfig, withAccountFeatures } from './random-config.ts'
import { type RandomMarket, randomStrategy, withOrderFeatures } from './random-strategy.ts'

/**
 * `plain` has market entries on a spot account; `featured` may use everything an order or an account can have, and
 * `detailed` fills in finer candles besides.
 */
export type RunKind = 'plain' | 'featured' | 'detailed'

/** A backtest that nobody would think of. */
export interface RandomRun {
  readonly series: RandomSeries
  readonly strategy: Strategy
  readonly program: Program
  readonly config: BacktestConfig
}

const drawBars = (draw: Draw): number => (draw.chance(0.03) ? draw.whole(1, 4) : draw.whole(25, 120))

/** Drawn rules may contradict what compilation allows (a stop beyond zero): such draws are thrown away. */
const compiled = (
  draw: Draw,
  market: RandomMarket,
  kind: RunKind,
): { readonly strategy: Strategy; readonly program: Program } => {
  for (;;) {
    const plain = randomStrategy(draw, market)
    const strategy = kind === 'plain' ? plain : withOrderFeatures(draw, plain, market)
    const result = compileStrategy(strategy, { barMs: market.series.barMs })
    if (result.ok) return { strategy, program: result.value }
  }
}

/** The same seed, kind and bars give the same run; without `bars` it is a short one. */
export const randomRun = (seed: number, kind: RunKind, wantedBars?: number): RandomRun => {
  const draw = createDraw(seed)
  const bars = wantedBars ?? drawBars(draw)
  const series = kind === 'detailed' ? randomDetailedCandles(draw, bars) : randomCandles(draw, bars)
  const plain = randomConfig(draw, series)
  const market = { series, initialCapital: plain.initialCapital }
  const { strategy, program } = compiled(draw, market, kind)
  const config = kind === 'plain' ? plain : withAccountFeatures(draw, plain, series)
  return { series, strategy, program, config }
}
