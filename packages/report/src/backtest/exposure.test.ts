import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import type { BacktestReportData } from './data.ts'
import { exposureSteps } from './exposure.ts'

const candles = generateCandles({
  seed: 42,
  bars: 400,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2022, 0, 1),
  startPrice: 100,
})
const LABELS = {
  market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
  dataset: { digest: 'd', simulated: true, seed: 42 },
}

const always = (side: 'long' | 'short'): BacktestReportData => {
  const strategy = {
    ...SMA_CROSS,
    direction: side,
    entry: { [side]: { left: 'close', op: '>', right: 0 } as const },
    exit: {},
    stopLoss: undefined,
    takeProfit: undefined,
    sizing: { kind: 'equityFraction', value: 0.5 },
  } as const
  return { ...backtestRun({ candles, strategy, config: { endOfData: 'leave_open' } }), ...LABELS }
}

describe('exposure', () => {
  it('is what is held at the closes as a share of equity, a position left open included', () => {
    const { long, short, from } = exposureSteps(always('long'), 400)
    const entry = long.findIndex((value) => value > 0)
    expect(from).toHaveLength(400)
    expect(entry).toBe(1)
    expect(Math.abs((long[entry] ?? 0) - 0.5)).toBeLessThan(0.02)
    expect(long.slice(entry).every((value) => value > 0.3)).toBe(true)
    expect(short.every((value) => value === 0)).toBe(true)
  })

  it('follows each fill of a trade that is sold in parts', () => {
    const strategy = { ...SMA_CROSS, scaleOut: [{ fraction: 0.01, share: 0.5 }] }
    const data = { ...backtestRun({ candles, strategy }), ...LABELS }
    const trade = data.result.trades.find(({ fills = [] }) => {
      const [entry, part, last] = fills.map(({ index }) => index)
      return entry !== undefined && part !== undefined && last !== undefined && entry < part && part < last
    })
    const [entry, part, last] = trade?.fills ?? []
    if (entry === undefined || part === undefined || last === undefined) throw new Error('expected fills')
    const { long } = exposureSteps(data, 400)
    const held = (row: number) =>
      ((long[row] ?? 0) * (data.equity[row] ?? 0)) / (candles.close[row] ?? Number.NaN)
    expect(held(part.index - 1)).toBeCloseTo(entry.quantity, 9)
    expect(held(part.index)).toBeCloseTo(entry.quantity - part.quantity, 9)
    expect(held(last.index)).toBe(0)
  })

  it('has its own column for shorts', () => {
    const { long, short } = exposureSteps(always('short'), 400)
    expect(long.every((value) => value === 0)).toBe(true)
    expect(short.at(-1)).toBeGreaterThan(0.3)
  })

  it('is in a step the mean over its bars', () => {
    const data = always('long')
    const fine = exposureSteps(data, 400).long
    const coarse = exposureSteps(data, 7)
    for (const [step, value] of coarse.long.entries()) {
      const bars = fine.slice(coarse.from[step], coarse.from[step + 1])
      expect(value).toBeCloseTo(bars.reduce((sum, share) => sum + share, 0) / bars.length, 12)
    }
  })
})
