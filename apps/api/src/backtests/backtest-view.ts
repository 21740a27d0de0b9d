import { type BacktestView, backtestView } from '@botcriptofy/contracts/backtest'
import type { findSingleRun, SweepRow } from '@botcriptofy/store/sweep'
import { runErrorOf, runViewOf } from '../runs/run-view.ts'

type SingleRun = Awaited<ReturnType<typeof findSingleRun>>

/** The JSON columns were written by a worker of any version, so they are read through the schema. */
export const backtestViewOf = (row: SweepRow, run: SingleRun): BacktestView =>
  backtestView.parse({
    ...runViewOf(row),
    error: run === undefined ? runErrorOf(row) : (runErrorOf(run) ?? runErrorOf(row)),
    strategy: row.strategy,
    config: row.config,
    cached: run?.status === 'completed' ? run.is_cached : null,
    result: resultOf(run),
    metrics: run?.metrics ?? null,
  })

const resultOf = (run: SingleRun) =>
  run?.status === 'completed'
    ? {
        engine: run.engine,
        tradesSha256: run.trades_sha256,
        trades: run.trade_count,
        lowSample: run.low_sample,
        finalEquity: run.final_equity,
        band: run.band,
        metricReasons: run.metric_reasons,
        recommendations: run.recommendations,
        computeMs: run.compute_ms,
      }
    : null
