import type { SeriesName } from '@botcriptofy/contracts/candles'

export interface SweepRequest {
  readonly strategy: Record<string, unknown>
  readonly parameters: Readonly<
    Record<string, { readonly from: number; readonly to: number; readonly step: number }>
  >
  readonly candles: SeriesName
  readonly objective: string
}

/** Ten by twelve pairs of moving averages: small enough for daily bars, wide enough to show a plateau. */
export const smaCross = (candles: SeriesName): SweepRequest => ({
  strategy: {
    name: 'sma-cross',
    version: 1,
    direction: 'long',
    indicators: {
      fast: { type: 'sma', params: { period: 5 } },
      slow: { type: 'sma', params: { period: 20 } },
    },
    entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
    exit: { long: { any: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] } },
    stopLoss: { fraction: 0.08 },
    sizing: { kind: 'equityFraction', value: 1 },
  },
  parameters: {
    'indicators.fast.params.period': { from: 2, to: 11, step: 1 },
    'indicators.slow.params.period': { from: 14, to: 36, step: 2 },
  },
  candles,
  objective: 'sharpe',
})

/** Ten by ten pairs of exponential averages with a stop and a target, on minutes. */
export const emaCross = (candles: SeriesName): SweepRequest => ({
  strategy: {
    name: 'ema-cross',
    version: 1,
    direction: 'both',
    indicators: {
      fast: { type: 'ema', params: { period: 60 } },
      slow: { type: 'ema', params: { period: 600 } },
    },
    entry: {
      long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] },
      short: { all: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] },
    },
    stopLoss: { fraction: 0.02 },
    takeProfit: { fraction: 0.05 },
    sizing: { kind: 'equityFraction', value: 0.5 },
  },
  parameters: {
    'indicators.fast.params.period': { from: 60, to: 240, step: 20 },
    'indicators.slow.params.period': { from: 400, to: 1300, step: 100 },
  },
  candles,
  objective: 'sharpe',
})
