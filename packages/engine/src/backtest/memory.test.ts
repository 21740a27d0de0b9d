import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { coarseCandles, PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { expect, it } from 'vitest'
import type { Candles } from '../market/index.ts'
import { createSeriesColumns, type Program, type Strategy } from '../strategy/index.ts'
import { runBacktest } from './run-backtest.ts'
import { createSweepRunner } from './sweep-runner.ts'

const BARS = 3000
const MANY_BARS = 100_000
const RUNS = 1000
const WARM_UP_RUNS = 300
/** Compiled code still grows a little; a column that stayed behind would be 24 times this. */
const LEAST_LEAK_BYTES = 1000
/** The pages of a runtime come and go with its collector; one column left behind by each run would be this much. */
const RESIDENT_SLACK_BYTES = RUNS * BARS * 8

const strategyOf = (period: number): Strategy => ({
  name: 'memory',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'sma', params: { period } },
    slow: { type: 'sma', params: { period: 30 } },
  },
  entry: {
    long: { left: 'fast', op: 'crosses_above', right: 'slow' },
    short: {
      all: [
        { left: 'fast', op: '<', right: 'slow' },
        { left: 'close', op: '<', right: 'fast' },
      ],
    },
  },
  stopLoss: { fraction: 0.05 },
  sizing: { kind: 'equityFraction', value: 0.5 },
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const usedBytes = (): number => {
  // The second collection ends the sweeping of buffers that the first began.
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

it('a thousand backtests in one process leave nothing behind', { timeout: 60_000 }, () => {
  const series = createSeriesColumns(coarseCandles(3, BARS))
  const runner = createSweepRunner(series, PLAIN_CONFIG)
  const programs = [5, 8, 13].map((period) => programOf(strategyOf(period)))
  const equity = new Float64Array(BARS)
  const runMany = (count: number): void => {
    for (let run = 0; run < count; run++) {
      const program = programs[run % programs.length]!
      runBacktest({ program, series, config: PLAIN_CONFIG, equity })
      runner.run(program)
    }
  }
  runMany(WARM_UP_RUNS)
  const before = { used: usedBytes(), resident: process.memoryUsage.rss() }
  runMany(RUNS)
  expect(usedBytes() - before.used).toBeLessThan(RUNS * LEAST_LEAK_BYTES)
  expect(process.memoryUsage.rss() - before.resident).toBeLessThan(RESIDENT_SLACK_BYTES)
})

/** Six comparisons over five indicators, of which one has three lines. */
const ruleTree: Strategy = {
  name: 'rule-tree',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    slow: { type: 'sma', params: { period: 30 } },
    rsi: { type: 'rsi', params: { period: 14 } },
    macd: { type: 'macd', params: { fast: 12, slow: 26, signal: 9 } },
    atr: { type: 'atr', params: { period: 14 } },
  },
  entry: {
    long: {
      all: [
        { left: 'fast', op: '>', right: 'slow' },
        {
          any: [
            { left: 'rsi', op: '<', right: 60 },
            { left: 'macd.macd', op: 'crosses_above', right: 'macd.signal' },
          ],
        },
        { left: 'atr', op: '>', right: 0.1 },
      ],
    },
  },
  exit: {
    long: {
      any: [
        { left: 'fast', op: 'crosses_below', right: 'slow' },
        { left: 'rsi', op: '>', right: 75 },
      ],
    },
  },
  sizing: { kind: 'units', value: 1 },
}

/** In a function of its own: the frame of a caller would hold on to the series of a run before. */
const runOn = (candles: Candles, program: Program) => {
  const series = createSeriesColumns(candles)
  return { series, result: runBacktest({ program, series, config: PLAIN_CONFIG }) }
}

const heldBytes = (candles: Candles, program: Program): number => {
  const before = usedBytes()
  const { series, result } = runOn(candles, program)
  const bytes = usedBytes() - before
  // What is read afterwards is still held while it is counted.
  expect(result.bars + series.bars).toBe(2 * MANY_BARS)
  return bytes
}

/**
 * The runtime compiles beside a run, which adds up to 4 bytes a bar to some counts, and collects beside it, which rarely
 * takes one away: of five the second least is the run's own.
 */
const COUNTS = 5

it.each([
  ['a cross of two means, both ways', strategyOf(5)],
  ['a rule tree over five indicators', ruleTree],
])('a backtest of %s holds at most 64 bytes a bar beyond the candles', (_, strategy) => {
  const candles = coarseCandles(4, MANY_BARS)
  const program = programOf(strategy)
  expect(runOn(candles, program).result.trades.length).toBeGreaterThan(0)
  const counts = Array.from({ length: COUNTS }, () => heldBytes(candles, program)).toSorted((a, b) => a - b)
  expect(counts[1]! / MANY_BARS).toBeLessThan(64)
})
