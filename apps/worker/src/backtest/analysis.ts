import {
  backtestPeriods,
  type BacktestInput,
  type BacktestReport,
  type BacktestResult,
} from '@botcriptofy/engine/backtest'
import { runChecks } from '@botcriptofy/engine/checks'
import type { BacktestResultRow } from '@botcriptofy/store/backtest'

/** A backtest of a thread. */
export interface FinishedRun {
  readonly input: BacktestInput
  readonly result: BacktestResult
  readonly report: BacktestReport
}

/** What a single backtest is told with beyond its numbers: how far to trust it, and when it made them. */
export const analysisOf = ({ input, result, report }: FinishedRun): BacktestResultRow['analysis'] => {
  const { program, config, series } = input
  const { candles, barMs } = series
  return {
    checks: runChecks({ program, config, candles, barMs }),
    periodic: backtestPeriods({ input, result, trades: report.trades }),
  }
}
