import { workerData } from 'node:worker_threads'
import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import {
  backtestDetail,
  type BacktestReport,
  type BacktestResult,
  ENGINE_REVISION,
  runBacktest,
  toBacktestReport,
} from '@botcriptofy/engine/backtest'
import { describeProblem } from '@botcriptofy/engine/kernel'
import type { Candles } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns, type SeriesColumns } from '@botcriptofy/engine/strategy'
import { loadModules } from '@botcriptofy/runtime/modules'
import { packDetail, packEquity, packTrades } from '@botcriptofy/store/blob'
import { sha256Hex } from '@botcriptofy/store/hash'
import { z } from 'zod'
import { analysisOf, type FinishedRun } from './analysis.ts'
import { requireSameIndicators } from './indicator-digests.ts'
import type { BacktestOutcome, BacktestTask, ThreadData } from './task.ts'

/** Indicators are shared by the runs of a thread on one dataset; a thread works on one dataset at a time. */
let current: { readonly digest: string; readonly series: SeriesColumns } | undefined

const seriesOf = ({ datasetDigest, candles }: BacktestTask): SeriesColumns => {
  if (current?.digest !== datasetDigest)
    current = { digest: datasetDigest, series: createSeriesColumns(candles) }
  return current.series
}

const threadData = z.object({ indicatorModules: z.array(z.string()) }) satisfies z.ZodType<ThreadData>

/** A module that fails here, though it loaded when the process started, fails the tasks and not the process. */
const indicators = loadModules({
  variable: 'INDICATOR_MODULES',
  names: threadData.parse(workerData).indicatorModules,
  accept: registerIndicatorModule,
})
indicators.catch(() => undefined)

/** Runs one backtest in a thread of the pool. */
export const runTask = async (task: BacktestTask): Promise<BacktestOutcome> => {
  await indicators
  // A thread that was started anew has read the modules anew.
  requireSameIndicators(task.strategy, task.indicatorDigests)
  const startedMs = performance.now()
  const series = seriesOf(task)
  const compiled = compileStrategy(task.strategy, { barMs: series.barMs })
  if (!compiled.ok) return { kind: 'invalid', detail: compiled.error.map(describeProblem).join('; ') }
  const { config, candles } = task
  const input = { program: compiled.value, series, config }
  const result = runBacktest(input)
  const report = toBacktestReport({
    result,
    candles,
    config,
    program: compiled.value,
    sha256: sha256Hex,
    withEquity: false,
  })
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
      // Only single backtests have a report.
      ...(task.keepBlobs === 'always' ? reportParts({ input, result, report }) : {}),
      computeMs: performance.now() - startedMs,
    },
  }
}

const reportParts = (run: FinishedRun) => ({
  detail: packDetail(backtestDetail(run)),
  analysis: analysisOf(run),
})

const isKept = ({ keepBlobs }: BacktestTask, objectiveValue: number | null): boolean =>
  keepBlobs === 'always' ||
  keepBlobs.whenAbove === null ||
  (objectiveValue !== null && objectiveValue > keepBlobs.whenAbove)

const packBlobs = (report: BacktestReport, { equity, bars }: BacktestResult, { time }: Candles) => ({
  trades: packTrades(report.trades),
  equity: packEquity({ time: time.subarray(0, bars), equity }),
})
