import { type BacktestView, backtestView } from '@botcriptofy/contracts/backtest'
import type { findSingleRun, RunSeries, SeriesOfRun, SweepRow } from '@botcriptofy/store/sweep'
import { z } from 'zod'
import { runErrorOf, runViewOf } from '../runs/run-view.ts'

type SingleRun = Awaited<ReturnType<typeof findSingleRun>>

/** The series of the row itself; of a portfolio the first with what all have together. */
export const ownSeries = (row: SweepRow): RunSeries => ({
  seriesId: row.series_id,
  venue: row.venue,
  symbol: row.symbol,
  timeframe: row.timeframe,
  isSimulated: row.is_simulated,
  fromMs: row.from_ms,
  toMs: row.to_ms,
  bars: row.bars,
  digest: row.dataset_digest,
})

/** Each name once, in their order. */
const namesOf = (names: readonly string[]): string => [...new Set(names)].join(', ')

/** Of a portfolio the one venue and the one symbol name all. */
export const backtestSummaryOf = (row: SweepRow, { members, detail }: SeriesOfRun) => {
  const datasets = [...(members ?? [ownSeries(row)])]
  return {
    ...runViewOf(row),
    venue: namesOf(datasets.map(({ venue }) => venue)),
    symbol: namesOf(datasets.map(({ symbol }) => symbol)),
    isSimulated: datasets.some(({ isSimulated }) => isSimulated),
    isPortfolio: members !== null,
    datasets,
    detail,
  }
}

/** The JSON columns were written by a worker of any version, so they are read through the schema. */
export const backtestViewOf = (row: SweepRow, series: SeriesOfRun, run: SingleRun): BacktestView =>
  backtestView.parse({
    ...backtestSummaryOf(row, series),
    error: run === undefined ? runErrorOf(row) : (runErrorOf(run) ?? runErrorOf(row)),
    strategy: row.strategy,
    config: row.config,
    cached: run?.status === 'completed' ? run.is_cached : null,
    result: resultOf(row, series, run),
    metrics: run?.metrics ?? null,
  })

const usedRows = z.object({ rows: z.int().nullable() })

const symbolsOf = (row: SweepRow, { members }: SeriesOfRun) => {
  const { rows } = usedRows.parse(row.config)
  return members?.map(({ symbol, bars }) => ({ symbol, bars: Math.min(bars, rows ?? Infinity) }))
}

const resultOf = (row: SweepRow, series: SeriesOfRun, run: SingleRun) =>
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
        symbols: symbolsOf(row, series),
      }
    : null
