import { type PeriodicTables, periodicTables } from '../metrics/index.ts'
import type { BacktestInput, BacktestResult } from './run-backtest.ts'
import type { Trade } from './trade-rows.ts'

export interface PeriodsInput {
  readonly input: BacktestInput
  /** What `runBacktest` made of it. */
  readonly result: BacktestResult
  /** Its trades as rows. */
  readonly trades: readonly Trade[]
}

/** Returns by calendar period and results by the hour of entry of a backtest. */
export const backtestPeriods = ({ input, result, trades }: PeriodsInput): PeriodicTables =>
  periodicTables({
    time: input.series.candles.time.subarray(0, result.bars),
    equity: result.equity,
    initialCapital: input.config.initialCapital,
    firstTradableBar: result.firstTradableBar,
    trades,
  })
