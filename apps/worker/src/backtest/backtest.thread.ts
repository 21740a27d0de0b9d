import {
  type BacktestReport,
  type BacktestResult,
  ENGINE_REVISION,
  runBacktest,
  toBacktestReport,
} from '@botcriptofy/engine/backtest'
import { describeProblem } from '@botcriptofy/engine/kernel'
import type { Candles } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns, type SeriesColumns } from '@botcriptofy/engine/strategy'
import { packEquity, packTrades } from '@botcriptofy/store/blob'
import { sha256Hex } from '@botcriptofy/store/hash'
import type { BacktestOutcome, BacktestTask } from './task.ts'

/** Indicators are shared by the runs of a thread on one dataset; a thread works on one dataset at a time. */
let current: { readonly digest: string; readonly series: SeriesColumns } | undefined

const seriesOf = ({ datasetDigest, candles }: BacktestTask): SeriesColumns => {
  if (current?.digest !== datasetDigest)
    current = { digest: datasetDigest, series: createSeriesColumns(candles) }
  return current.series
}

/** Runs one backtest in a thread of the pool. */
export const runTask = (task: BacktestTask): BacktestOutcome => {
  const startedMs = performance.now()
  const series = seriesOf(task)
  const compiled = compileStrategy(task.strategy, { barMs: series.barMs })
  if (!compiled.ok) return { kind: 'invalid', detail: compiled.error.map(describeProblem).join('; ') }
  const { config, candles } = task
  const result = runBacktest({ program: compiled.value, series, config })
  const report = toBacktestReport({ result, candles, config, sha256: sha256Hex, withEquity: false })
  const objectiveValue = report.metrics[task.objective]
  return {
    kind: 'computed',
    objectiveValue,
    result: {
      engine: report.engine,
      engineRevision: ENGINE_REVISION,
      bars: report.bars,
      lowSample: report.lowSample,
      finalEquity: report.finalEquity,
      band: report.band,
      metrics: report.metrics,
      metricReasons: report.metricReasons,
      recommendations: report.recommendations,
      tradesSha256: report.tradesSha256,
      tradeCount: report.trades.length,
      blobs: isKept(task, objectiveValue) ? packBlobs(report, result, candles) : null,
      computeMs: performance.now() - startedMs,
    },
  }
}

const isKept = ({ keepBlobs }: BacktestTask, objectiveValue: number | null): boolean =>
  keepBlobs === 'always' ||
  keepBlobs.whenAbove === null ||
  (objectiveValue !== null && objectiveValue > keepBlobs.whenAbove)

const packBlobs = (report: BacktestReport, { equity, bars }: BacktestResult, { time }: Candles) => ({
  trades: packTrades(report.trades),
  equity: packEquity({ time: time.subarray(0, bars), equity }),
})
