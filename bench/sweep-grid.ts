// The combinations of the sweep benchmarks: a thousand pairs of moving averages, one unit a trade.
import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import {
  compileStrategy,
  createSeriesColumns,
  type Program,
  type SeriesColumns,
  type Strategy,
} from '@botcriptofy/engine/strategy'
import { ohlcv } from './data.mjs'

export const BARS = 100_000
export const CAPITAL = 1e9
export const FEE_RATE = 0.001

const span = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)
export const fastWindows = span(5, 20)
export const slowWindows = span(25, 50)

export interface Windows {
  readonly fast: number
  readonly slow: number
}

export const combinations: readonly Windows[] = fastWindows.flatMap((fast) =>
  slowWindows.map((slow) => ({ fast, slow })),
)

export const strategyOf = ({ fast, slow }: Windows): Strategy => ({
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: fast } },
    slow: { type: 'sma', params: { period: slow } },
  },
  entry: { long: { left: 'fast', op: 'crosses_above', right: 'slow' } },
  exit: { long: { left: 'fast', op: 'crosses_below', right: 'slow' } },
  sizing: { kind: 'units', value: 1 },
})

export const compile = (strategy: Strategy): Program => {
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

export const config = {
  ...DEFAULT_BACKTEST_CONFIG,
  initialCapital: CAPITAL,
  feeRate: FEE_RATE,
  slippageRate: 0,
}
const walk: Candles = ohlcv(BARS)
const MINUTE_MS = 60_000
/** Bars that begin with a minute, as an import asks for. */
export const candles: Candles = { ...walk, time: walk.time.map((ms) => ms - (ms % MINUTE_MS)) }
export const strategies = combinations.map(strategyOf)

/** With all moving averages computed. */
export const seriesWithSmas = (): SeriesColumns => {
  const series = createSeriesColumns(candles)
  for (const strategy of strategies) for (const spec of compile(strategy).indicators) series.linesOf(spec)
  return series
}
