import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { coarseCandles, PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { expect, it } from 'vitest'
import { createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { runBacktest } from './run-backtest.ts'
import { createSweepRunner } from './sweep-runner.ts'

const BARS = 3000
const MANY_BARS = 100_000
const RUNS = 1000
const WARM_UP_RUNS = 300
/** Compiled code still grows a little; a column that stayed behind would be 24 times this. */
const LEAST_LEAK_BYTES = 1000
/** The pages of a runtime come and go with its collector, whose young generation alone may grow by 48 MB. */
const RESIDENT_SLACK_BYTES = 64e6

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

it('a backtest holds at most 64 bytes a bar beyond the candles', () => {
  const candles = coarseCandles(4, MANY_BARS)
  const program = programOf(strategyOf(5))
  const before = usedBytes()
  const series = createSeriesColumns(candles)
  const result = runBacktest({ program, series, config: PLAIN_CONFIG })
  const bytes = usedBytes() - before
  expect(result.bars + series.bars).toBe(2 * MANY_BARS)
  expect(bytes / MANY_BARS).toBeLessThan(64)
})
