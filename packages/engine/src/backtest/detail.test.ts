import { describe, expect, it } from 'vitest'
import { generateCandles } from '../market/index.ts'
import { DEFAULT_BACKTEST_CONFIG, type PathMode } from '../paper/index.ts'
import { compileStrategy, createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { backtestDetail } from './detail.ts'
import { runBacktest } from './run-backtest.ts'

const CROSS: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    slow: { type: 'sma', params: { period: 30 } },
  },
  entry: { long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] } },
  stopLoss: { fraction: 0.003 },
  takeProfit: { fraction: 0.003 },
  sizing: { kind: 'equityFraction', value: 1 },
}
const candles = generateCandles({
  seed: 5,
  bars: 6000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2023, 0, 1),
  startPrice: 100,
})

const runOf = (strategy: Strategy, path: PathMode, rows: number | null = null) => {
  const program = compileStrategy(strategy)
  if (!program.ok) throw new Error('expected a sound strategy')
  const config = { ...DEFAULT_BACKTEST_CONFIG, path, rows }
  const input = { program: program.value, series: createSeriesColumns(candles), config }
  return { input, result: runBacktest(input) }
}

describe('the detail of a backtest', () => {
  const run = runOf(CROSS, 'worst')
  const detail = backtestDetail(run)

  it('has the curves of both paths, ending at the two values of the band', () => {
    expect(run.result.band.ambiguousBars).toBeGreaterThan(0)
    expect(detail.band?.worst.at(-1)).toBe(run.result.band.worst)
    expect(detail.band?.best.at(-1)).toBe(run.result.band.best)
    expect(detail.curveRows.at(-1)).toBe(5999)
    const drawn = Float64Array.from(detail.curveRows, (row) => run.result.equity[row] ?? Number.NaN)
    expect(detail.band?.worst).toEqual(drawn)
    expect(Math.max(...drawn)).toBe(Math.max(...run.result.equity))
  })

  it('has the same band whatever path the run itself takes', () => {
    const other = backtestDetail(runOf(CROSS, 'adaptive')).band
    expect(other?.worst.at(-1)).toBe(run.result.band.worst)
    expect(other?.best.at(-1)).toBe(run.result.band.best)
  })

  it('has no band where no bar is ambiguous', () => {
    const { stopLoss: _, takeProfit: __, ...plain } = CROSS
    expect(backtestDetail(runOf(plain, 'worst')).band).toBeNull()
  })

  it('has the excursions of every trade', () => {
    expect(detail.mae).toHaveLength(run.result.trades.length)
    expect(detail.mae.every((value) => value <= 0)).toBe(true)
    expect(detail.mfe.every((value) => value >= 0)).toBe(true)
  })

  it('rolls the Sharpe ratio over 30 days of a short run', () => {
    expect(detail.sharpe.windowDays).toBe(30)
    expect(detail.sharpe.rows.at(-1)).toBe(5999)
  })

  it('looks at no row that was not run', () => {
    const { curveRows, sharpe } = backtestDetail(runOf(CROSS, 'worst', 2000))
    expect([curveRows.at(-1), sharpe.rows.at(-1)]).toEqual([1999, 1999])
    expect(backtestDetail(runOf(CROSS, 'worst', 0)).curveRows).toHaveLength(0)
  })
})
