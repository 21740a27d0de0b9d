import type { Candles } from '@botcriptofy/engine/market'
import type { RiskLimits } from '@botcriptofy/engine/risk'
import { createDraw, type Draw } from './draw.ts'
import { randomCandles } from './random-candles.ts'
import { riskLimits } from './random-config.ts'
import { type RandomRun, randomRun, type RunKind } from './random-run.ts'

/** A strategy over several symbols that nobody would think of. */
export interface RandomPortfolio extends Pick<RandomRun, 'program' | 'strategy' | 'config'> {
  readonly barMs: number
  readonly members: readonly { readonly symbol: string; readonly candles: Candles }[]
}

const scaled = (candles: Candles, factor: number): Candles => ({
  time: candles.time,
  open: candles.open.map((price) => price * factor),
  high: candles.high.map((price) => price * factor),
  low: candles.low.map((price) => price * factor),
  close: candles.close.map((price) => price * factor),
  volume: candles.volume,
})

/** Other candles of the same bar length, about as dear, with their own start, gaps and end. */
const candlesLike = (draw: Draw, { candles, barMs }: RandomRun['series']): Candles => {
  for (;;) {
    const other = randomCandles(draw, draw.whole(20, 120))
    if (other.barMs === barMs) return scaled(other.candles, candles.open[0]! / other.candles.open[0]!)
  }
}

/** The same seed and kind give the same portfolio; half of them have limits, which `risk` adds to. */
export const randomPortfolio = (
  seed: number,
  kind: Exclude<RunKind, 'detailed'>,
  risk?: Partial<RiskLimits>,
): RandomPortfolio => {
  const { series, program, strategy, config } = randomRun(seed, kind)
  const draw = createDraw(seed + 1_000_000)
  const others = Array.from({ length: draw.whole(1, 3) }, () => candlesLike(draw, series))
  const members = [series.candles, ...others].map((candles, at) => ({ symbol: `S${at}/USD`, candles }))
  const limits = draw.chance(0.5) || risk !== undefined ? { ...riskLimits(draw), ...risk } : null
  return { program, strategy, barMs: series.barMs, members, config: { ...config, risk: limits } }
}
