import {
  analyseEquity,
  type BacktestMetrics,
  backtestMetrics,
  createCurveGround,
  measuredMetrics,
  startCurve,
} from '../metrics/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import type { Program, SeriesColumns } from '../strategy/index.ts'
import { createBarExtremes } from './bar-extremes.ts'
import { needsOrderLoop } from './order-loop.ts'
import { runPlain } from './plain-run.ts'
import { type BacktestResult, firstTradableBarOf, limitRows, runBacktest } from './run-backtest.ts'
import { createTradeRecorder } from './trade-recorder.ts'
import { createTrips } from './trips.ts'

/** A backtest whose equity was measured and not kept; every number is that of `runBacktest` and `backtestMetrics`. */
export interface MeasuredRun extends Omit<BacktestResult, 'equity'>, BacktestMetrics {}

export interface SweepRunner {
  /** Runs one combination. Its trades stand in columns that the next run writes. */
  readonly run: (program: Program) => MeasuredRun
}

/**
 * For many programs on one series: what depends on the series alone is found once, signals and protective levels
 * are searched by the extremes of windows of bars, and equity is measured by stretches of bars instead of being written.
 */
export const createSweepRunner = (whole: SeriesColumns, config: BacktestConfig): SweepRunner => {
  const series = limitRows(whole, config.rows)
  const { candles, bars } = series
  const ground = createCurveGround(candles)
  const extremes = createBarExtremes(candles)
  const recorder = createTradeRecorder(bars)
  const trips = createTrips()
  const { initialCapital, riskFreeRate, periodsPerYear } = config
  const runWithOrders = (program: Program): MeasuredRun => {
    const { equity, ...run } = runBacktest({ program, series, config })
    const openEntryIndex = run.openPosition?.entryIndex
    return { ...run, ...backtestMetrics({ ...config, ...run, candles, equity, openEntryIndex }) }
  }
  return {
    run: (program) => {
      if (needsOrderLoop({ program, config, detail: undefined })) return runWithOrders(program)
      const firstTradableBar = firstTradableBarOf(program, series, config)
      const curve = startCurve({ ground, from: firstTradableBar, startEquity: initialCapital })
      recorder.length = 0
      const { ambiguousBars: _, ...run } = runPlain({
        program,
        series,
        config,
        marks: { equity: null, curve },
        recorder,
        extremes,
        trips,
      })
      const measured = measuredMetrics({
        candles,
        trades: run.trades,
        firstTradableBar,
        openEntryIndex: run.openPosition?.entryIndex,
        curve: analyseEquity(curve),
        riskFreeRate,
        periodsPerYear,
      })
      return { bars, firstTradableBar, ...run, ...measured }
    },
  }
}
