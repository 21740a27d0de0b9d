import { createHash } from 'node:crypto'
import { coarseCandles, PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { PATH_MODES, type PathMode } from '../paper/index.ts'
import { toBacktestReport } from './report.ts'
import { ENGINE_REVISION } from './revision.ts'
import { runBacktest } from './run-backtest.ts'

const STRATEGY: Strategy = {
  name: 'golden',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'ema', params: { period: 5 } },
    slow: { type: 'sma', params: { period: 20 } },
    rsi: { type: 'rsi', params: { period: 7 } },
  },
  entry: {
    long: {
      all: [
        { left: 'fast', op: 'crosses_above', right: 'slow' },
        { left: 'rsi', op: '<', right: 80 },
      ],
    },
    short: { left: 'fast', op: 'crosses_below', right: 'slow' },
  },
  exit: { long: { left: 'rsi', op: '>', right: 85 } },
  stopLoss: { fraction: 0.06 },
  takeProfit: { fraction: 0.12 },
  trailingStop: { fraction: 0.05, activationFraction: 0.04 },
  sizing: { kind: 'equityFraction', value: 0.1 },
}

const hashOf = (path: PathMode): string => {
  const candles = coarseCandles(20_260, 4000)
  const config = { ...PLAIN_CONFIG, feeRate: 0.001, slippageRate: 0.0005, priceTick: 0.01, path }
  const result = runBacktest({ program: programOf(STRATEGY), series: createSeriesColumns(candles), config })
  const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
  const report = toBacktestReport({ result, candles, config, sha256, withEquity: false })
  const metrics = sha256(JSON.stringify(report.metrics))
  return `${report.trades.length} trades ${report.tradesSha256.slice(0, 16)} metrics ${metrics.slice(0, 16)}`
}

/** Results are stored under the revision: when one of these moves, raise ENGINE_REVISION with it. */
const GOLDEN: Readonly<Record<PathMode, string>> = {
  worst: '324 trades 9cf9430683555e9a metrics cb3e55a39c754d09',
  best: '324 trades 3a9b2f9b36608697 metrics 3f924a87cd34233f',
  ohlc: '324 trades 9cc6087b3d6a1fed metrics f6e1a449a4f02ef5',
  olhc: '324 trades 9f2e4c0d3ad14449 metrics a23dc79a745021ba',
  adaptive: '324 trades 621d55f12bf78c8e metrics 19cf43788d28acd6',
  stop_first: '324 trades 6ca0aebbb18e432b metrics 9a0424dc1b961970',
}

describe('the golden results', () => {
  it('belong to this revision of the engine', () => {
    expect(ENGINE_REVISION).toBe(2)
    expect(Object.fromEntries(PATH_MODES.map((path) => [path, hashOf(path)]))).toEqual(GOLDEN)
  })
})
