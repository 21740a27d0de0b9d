import { randomRun, type RunKind } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { backtestMetrics } from '../metrics/index.ts'
import type { TradeLog } from '../positions/index.ts'
import { createSeriesColumns } from '../strategy/index.ts'
import { runBacktest } from './run-backtest.ts'
import { createSweepRunner, type MeasuredRun } from './sweep-runner.ts'

const rowsOf = ({ length, ...columns }: TradeLog) =>
  Object.entries(columns).map(([name, column]: [string, ArrayLike<unknown>]) => [
    name,
    Array.from(column).slice(0, length),
  ])

const comparable = ({ trades, ...run }: MeasuredRun) => ({ ...run, trades: rowsOf(trades) })

const ordinary = (seed: number, kind: RunKind): MeasuredRun => {
  const { program, series, config } = randomRun(seed, kind)
  const { candles, barMs } = series
  const { equity, ...run } = runBacktest({ program, series: createSeriesColumns(candles, { barMs }), config })
  const openEntryIndex = run.openPosition?.entryIndex
  return { ...run, ...backtestMetrics({ ...config, ...run, candles, equity, openEntryIndex }) }
}

describe('a sweep runner', () => {
  it.each<[RunKind, number]>([
    ['plain', 250],
    ['featured', 60],
  ])('gives %s runs every number of an ordinary run, to the last bit', { timeout: 60_000 }, (kind, runs) => {
    let trades = 0
    for (let seed = 1; seed <= runs; seed++) {
      const { program, series, config } = randomRun(seed, kind)
      if (config.rows !== null && config.rows < series.candles.time.length) continue
      const columns = createSeriesColumns(series.candles, { barMs: series.barMs })
      const runner = createSweepRunner(columns, config)
      // The second run finds the columns, the indexes and the trade rows of the first.
      const first = comparable(runner.run(program))
      expect(comparable(runner.run(program)), `seed ${seed} again`).toStrictEqual(first)
      expect(first, `seed ${seed} of ${kind} runs`).toStrictEqual(comparable(ordinary(seed, kind)))
      trades += first.metrics.trades ?? 0
    }
    expect(trades).toBeGreaterThan(runs)
  })
})
