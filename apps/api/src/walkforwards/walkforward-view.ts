import type { RunProgress } from '@botcriptofy/contracts/backtest'
import { walkforwardSummary, type WalkForwardView, walkforwardView } from '@botcriptofy/contracts/walkforward'
import type { WalkForwardRow, WindowResultRow } from '@botcriptofy/store/walkforward'
import { paceOf } from '../runs/pace.ts'
import { runErrorOf, runViewOf } from '../runs/run-view.ts'

/** The runs of all trainings and a test each; a walk-forward that has completed has done them, skipped tests too. */
const progressOf = (row: WalkForwardRow) => {
  const combinations = row.axes.reduce((count, [, values]) => count * values.length, 1)
  const total = row.windows * (combinations + 1)
  return {
    expected: null,
    total,
    remaining: row.status === 'completed' ? 0 : Math.max(0, total - row.done_runs),
  }
}

/** How far it is and how fast it goes, by all runs since its start. */
export const walkforwardProgressOf = (row: WalkForwardRow): RunProgress => {
  const { id, status, started_at: startedAt } = row
  const running_ms = startedAt === null ? null : Date.now() - startedAt.getTime()
  const progress = paceOf({ ...progressOf(row), status, recent: 0, running_ms })
  return { id, status, progress, error: runErrorOf(row) }
}

export const walkforwardSummaryOf = (row: WalkForwardRow) =>
  walkforwardSummary.parse({
    ...runViewOf({ ...row, ...progressOf(row) }),
    objective: row.objective,
    plan: row.plan,
    windows: { done: row.windows - row.remaining, total: row.windows },
  })

/** The JSON columns were validated when they were written. */
export const walkforwardViewOf = (
  row: WalkForwardRow,
  windows: readonly WindowResultRow[],
): WalkForwardView =>
  walkforwardView.parse({
    ...walkforwardSummaryOf(row),
    strategy: row.strategy,
    config: row.config,
    parameters: Object.fromEntries(row.axes),
    windowList: windows.map(windowViewOf),
    result: row.result,
  })

const windowViewOf = (row: WindowResultRow) => {
  const { train_metrics: trained, test_metrics: tested } = row
  return {
    place: row.place,
    status: row.status,
    train: {
      fromMs: row.train_from_ms,
      toMs: row.train_to_ms,
      sweepId: row.train_id,
      objectiveValue: row.objective_value,
      totalReturn: trained?.['totalReturn'] ?? null,
      sharpe: trained?.['sharpe'] ?? null,
    },
    test: {
      fromMs: row.test_from_ms,
      toMs: row.test_to_ms,
      backtestId: row.test_id,
      totalReturn: tested?.['totalReturn'] ?? null,
      sharpe: tested?.['sharpe'] ?? null,
      maxDrawdown: tested?.['maxDrawdown'] ?? null,
      trades: row.test_trades,
    },
    params: row.params,
  }
}
