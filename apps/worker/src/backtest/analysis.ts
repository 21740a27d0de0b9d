import {
  backtestPeriods,
  type BacktestInput,
  type BacktestReport,
  type BacktestResult,
} from '@botcriptofy/engine/backtest'
import { type RunChecks, runChecks } from '@botcriptofy/engine/checks'
import type { BacktestResultRow } from '@botcriptofy/store/backtest'

/** A backtest of a thread. */
export interface FinishedRun {
  readonly input: BacktestInput
  readonly result: BacktestResult
  readonly report: BacktestReport
}

/** How far to trust the candles and the rules of a run. */
export const checksOf = ({ program, config, series }: BacktestInput): RunChecks => {
  const { candles, barMs } = series
  return runChecks({ program, config, candles, barMs })
}

/** What a single backtest is told with beyond its numbers: how far to trust it, and when it made them. */
export const analysisOf = ({ input, result, report }: FinishedRun): BacktestResultRow['analysis'] => ({
  checks: checksOf(input),
  periodic: backtestPeriods({ input, result, trades: report.trades }),
})
