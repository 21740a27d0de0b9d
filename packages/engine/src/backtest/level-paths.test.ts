import { describe, expect, it } from 'vitest'
import { type Candles, generateCandles } from '../market/index.ts'
import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG } from '../paper/index.ts'
import { compileStrategy, createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { backtestDetail } from './detail.ts'
import { runBacktest } from './run-backtest.ts'
import { LEVELS } from './trade-replay.ts'
import { type Trade, tradeRows } from './trade-rows.ts'

const BOTH: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'sma', params: { period: 5 } },
    slow: { type: 'sma', params: { period: 20 } },
  },
  entry: {
    long: { left: 'fast', op: 'crosses_above', right: 'slow' },
    short: { left: 'fast', op: 'crosses_below', right: 'slow' },
  },
  stopLoss: { fraction: 0.01 },
  takeProfit: { fraction: 0.03 },
  trailingStop: { fraction: 0.008, activationFraction: 0.004 },
  sizing: { kind: 'equityFraction', value: 0.4 },
}
const candles = generateCandles({
  seed: 3,
  bars: 10_000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2021, 0, 1),
  startPrice: 100,
})

interface Path {
  readonly trade: Trade
  readonly steps: Readonly<Record<(typeof LEVELS)[number], readonly (readonly [number, number])[]>>
}

const pathsOf = (
  changes: Partial<Strategy>,
  config: Partial<BacktestConfig> = {},
  series: Candles = candles,
): readonly Path[] => {
  const program = compileStrategy({ ...BOTH, ...changes })
  if (!program.ok) throw new Error('expected a sound strategy')
  const input = {
    program: program.value,
    series: createSeriesColumns(series),
    config: { ...DEFAULT_BACKTEST_CONFIG, slippageRate: 0, ...config },
  }
  const result = runBacktest(input)
  const levels = backtestDetail({ input, result }).levels!
  let at = 0
  return tradeRows(result.trades, series)
    .slice(0, 1000)
    .map((trade, row) => {
      const [stop, target, trail] = LEVELS.map((_, level) =>
        Array.from({ length: levels.counts[row * 3 + level]! }, () => {
          const step = [levels.bars[at]!, levels.prices[at]!] as const
          at++
          return step
        }),
      )
      return { trade, steps: { stop: stop!, target: target!, trail: trail! } }
    })
}

/** Trades of one bar are seen at no close; gaps fill at the open and not at the level. */
const endedBy = (paths: readonly Path[], reason: Trade['exitReason']) =>
  paths.filter(
    ({ trade }) => trade.exitReason === reason && trade.gap !== true && trade.exitIndex > trade.entryIndex,
  )

describe('the paths of levels', () => {
  it('stand where stops, targets and trailing stops filled', () => {
    const paths = pathsOf({}, { path: 'stop_first' })
    for (const [reason, name] of [
      ['stop_loss', 'stop'],
      ['take_profit', 'target'],
      ['trailing_stop', 'trail'],
    ] as const) {
      const ended = endedBy(paths, reason)
      expect(new Set(ended.map(({ trade }) => trade.side)).size).toBe(2)
      expect(ended.length).toBeGreaterThan(10)
      for (const { trade, steps } of ended) expect(steps[name].at(-1)?.[1]).toBe(trade.exitPrice)
    }
  })

  it('begin with the trade, rise with it and end before its last bar', () => {
    for (const { trade, steps } of pathsOf({})) {
      const bars = LEVELS.flatMap((name) => steps[name].map(([bar]) => bar))
      expect(bars.every((bar) => bar >= trade.entryIndex && bar <= trade.exitIndex)).toBe(true)
      const side = trade.side === 'long' ? 1 : -1
      const rising = steps.trail.map(([, price]) => side * price)
      expect(rising).toEqual(rising.toSorted((a, b) => a - b))
      if (trade.exitIndex > trade.entryIndex) expect(steps.stop[0]?.[0]).toBe(trade.entryIndex)
    }
  })

  it('move with the mean entry price of a position that is scaled in', () => {
    const paths = pathsOf({
      scaleIn: [{ fraction: 0.006, size: 1 }],
      scaleOut: [{ fraction: 0.015, share: 0.5 }],
      stopLoss: { fraction: 0.02 },
    })
    const moved = paths.filter(({ steps }) => steps.stop.length === 2)
    expect(moved.length).toBeGreaterThan(5)
    for (const { trade, steps } of moved) {
      const side = trade.side === 'long' ? 1 : -1
      const [, second] = trade.fills!.filter(({ leg }) => leg === 'entry')
      const close = steps.stop[1]![0] - 1
      expect(second!.index).toBe(close)
      expect(steps.stop[1]![1]).toBeCloseTo(trade.entryPrice * (1 - side * 0.02), 9)
    }
  })

  it('of a long trail keep their last step among some hundred', () => {
    const rows = Array.from({ length: 3000 }, (_, bar) =>
      bar < 40 ? 100 - bar * 0.1 : 96 + (bar - 40) * 0.02,
    )
    const price = Float64Array.from(rows)
    const rising = {
      ...candles,
      time: candles.time.slice(0, 3000),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: candles.volume.slice(0, 3000),
    }
    const { takeProfit: _, ...trailed } = BOTH
    const [path] = pathsOf({ ...trailed, takeProfit: { fraction: 0.9 } }, {}, rising)
    const { trade, steps } = path!
    expect(trade.exitIndex - trade.entryIndex).toBeGreaterThan(2900)
    expect(steps.trail.length).toBeGreaterThan(200)
    expect(steps.trail.length).toBeLessThanOrEqual(400)
    expect(steps.trail.at(-1)?.[1]).toBeCloseTo(price[trade.exitIndex - 1]! * (1 - 0.008), 9)
  })

  it('are missing where there are no such levels', () => {
    const { stopLoss: _, takeProfit: __, trailingStop: ___, ...plain } = BOTH
    const program = compileStrategy(plain)
    if (!program.ok) throw new Error('expected a sound strategy')
    const input = {
      program: program.value,
      series: createSeriesColumns(candles),
      config: DEFAULT_BACKTEST_CONFIG,
    }
    const levels = backtestDetail({ input, result: runBacktest(input) }).levels!
    expect(levels.counts.some((count) => count > 0)).toBe(false)
    expect([levels.bars.length, levels.prices.length]).toEqual([0, 0])
  })
})
