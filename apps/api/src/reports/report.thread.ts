import {
  type BacktestHistory,
  type MonteCarloRequest,
  reportHistories,
  simulateHistories,
} from '@botcriptofy/contracts/montecarlo'
import {
  type JudgedColumns,
  judgeHalves,
  judgeOverfitting,
  judgeSweep,
  paramsAtRow,
  type SweepValidity,
  trialsOf,
} from '@botcriptofy/contracts/sweep'
import { type BacktestReportData, renderBacktestReport } from '@botcriptofy/report/backtest'
import { type PortfolioReportData, renderPortfolioReport } from '@botcriptofy/report/portfolio'
import { renderSweepReport, type SweepReportData } from '@botcriptofy/report/sweep'
import { unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import { renderWalkForwardReport, type WalkForwardReportData } from '@botcriptofy/report/walkforward'

/** A sweep's report before its judgement; of its best run trades and equity are as they were stored. */
export interface SweepTask extends Omit<SweepReportData, 'validity' | 'halves' | 'trials' | 'best'> {
  readonly judged: JudgedColumns
  readonly best: StoredBest | null
}

type Best = NonNullable<SweepReportData['best']>

type StoredBest = Omit<Best, 'time' | 'equity' | 'result'> & {
  readonly result: Omit<Best['result'], 'trades'>
  readonly blobs: { readonly trades: Uint8Array; readonly equity: Uint8Array }
}

/** What a report is made of; all kinds cross to the thread as plain data and columns. */
export type ReportTask =
  | { readonly kind: 'backtest'; readonly data: BacktestReportData }
  | { readonly kind: 'portfolio'; readonly data: PortfolioReportData }
  | { readonly kind: 'sweep'; readonly data: SweepTask }
  | { readonly kind: 'walkforward'; readonly data: WalkForwardReportData }

/** Renders one page in a thread of the pool. */
export const renderPage = (task: ReportTask): string => {
  if (task.kind === 'backtest') {
    const { data } = task
    return renderBacktestReport({ ...data, histories: reportHistories({ ...data, time: data.candles.time }) })
  }
  if (task.kind === 'portfolio') {
    const { data } = task
    return renderPortfolioReport({ ...data, histories: reportHistories(data) })
  }
  if (task.kind === 'walkforward') return renderWalkForwardReport(task.data)
  const { judged, best, ...data } = task.data
  return renderSweepReport({
    ...data,
    trials: judged.trials,
    ...judgeAll(judged),
    best: best === null ? null : unpackBest(best),
  })
}

const unpackBest = ({ blobs, result, ...best }: StoredBest): Best => ({
  ...best,
  ...unpackEquity(Buffer.from(blobs.equity)),
  result: { ...result, trades: unpackTrades(Buffer.from(blobs.trades)) },
})

const judgeAll = ({ compared, trials, ...sweep }: JudgedColumns) => {
  const paramsOf = (ordinal: number) => paramsAtRow(trials, trials.ordinal.indexOf(ordinal))
  const { halves, points } = judgeHalves({ compared, periodsPerYear: sweep.periodsPerYear, paramsOf })
  const overfitting = judgeOverfitting(compared)
  return {
    validity: judgeSweep({ ...sweep, trials: trialsOf(trials), overfitting, halves }),
    halves: points,
  }
}

/** Judges one sweep in a thread of the pool. */
export const judge = (sweep: JudgedColumns): SweepValidity => judgeAll(sweep).validity

export interface HistoryTask {
  readonly request: MonteCarloRequest
  readonly history: BacktestHistory
}

/** Makes other histories of a backtest in a thread of the pool. */
export const simulate = ({ request, history }: HistoryTask) => simulateHistories(request, history)
