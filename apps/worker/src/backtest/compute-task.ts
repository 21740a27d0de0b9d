import { createHash } from 'node:crypto'
import {
  type BacktestConfig,
  backtestDetail,
  type BacktestInput,
  type BacktestSummary,
  createSweepRunner,
  createTradeText,
  detailMismatch,
  ENGINE_REVISION,
  runBacktest,
  type SweepRunner,
  toBacktestReport,
  toBacktestSummary,
  type Trade,
  tradeRows,
  type TradeText,
} from '@botcriptofy/engine/backtest'
import { canonicalJson, describeProblem, type Problem } from '@botcriptofy/engine/kernel'
import type { Candles } from '@botcriptofy/engine/market'
import { analyseCurve, type DailyCurve } from '@botcriptofy/engine/metrics'
import { compileStrategy, createSeriesColumns, type SeriesColumns } from '@botcriptofy/engine/strategy'
import { curveBlocks } from '@botcriptofy/engine/validity'
import { packBlockReturns, packDetail, packEquity, packTrades } from '@botcriptofy/store/blob'
import { sha256Hex } from '@botcriptofy/store/hash'
import { analysisOf, checksOf } from './analysis.ts'
import type { BacktestOutcome, BacktestTask, TaskRun } from './task.ts'

type Computed = Extract<BacktestOutcome, { kind: 'computed' }>['result']
/** The part of a result that says how the run went; time is added by the caller. */
export type Measured = Omit<Computed, 'computeMs'>

/** What the tasks on one dataset share. */
interface Dataset {
  readonly digest: string
  readonly series: SeriesColumns
  readonly tradeText: TradeText
  /** Runs the programs of a sweep; of the last configuration. */
  runner: { readonly config: string; readonly sweep: SweepRunner } | undefined
}

/** One backtest of a task. */
interface Work {
  readonly task: BacktestTask
  readonly input: BacktestInput
  readonly withChecks: boolean
}

export const rowOf = (summary: BacktestSummary, trades: number): Omit<Measured, 'blobs'> => ({
  engine: summary.engine,
  engineRevision: ENGINE_REVISION,
  bars: summary.bars,
  lowSample: summary.lowSample,
  finalEquity: summary.finalEquity,
  band: summary.band,
  metrics: summary.metrics,
  metricReasons: summary.metricReasons,
  recommendations: summary.recommendations,
  tradesSha256: summary.tradesSha256,
  tradeCount: trades,
})

const packBlobs = (trades: readonly Trade[], equity: Float64Array, { time }: Candles) => ({
  trades: packTrades(trades),
  equity: packEquity({ time: time.subarray(0, equity.length), equity }),
})

const packBlocks = (curve: DailyCurve, { time }: Candles, bars: number): Buffer =>
  packBlockReturns(curveBlocks(curve, time.subarray(0, bars)))

/** With all that a report draws and tells, which only single backtests have. */
const computeSingle = ({ task, input }: Work): Measured => {
  const { candles } = task
  const { program, config } = input
  const result = runBacktest(input)
  const report = toBacktestReport({
    result,
    candles,
    config,
    program,
    sha256: sha256Hex,
    withEquity: false,
  })
  const run = { input, result, report }
  const { bars, equity, firstTradableBar: from } = result
  const series = { time: candles.time, equity, from, to: bars, startEquity: config.initialCapital }
  return {
    ...rowOf(report, report.trades.length),
    blobs: packBlobs(report.trades, result.equity, candles),
    detail: packDetail(backtestDetail(run)),
    analysis: analysisOf(run),
    blockReturns: packBlocks(analyseCurve(series, 'day_before'), candles, bars),
  }
}

const runnerOf = (dataset: Dataset, config: BacktestConfig): SweepRunner => {
  const key = canonicalJson(config)
  if (dataset.runner?.config !== key) {
    dataset.runner = { config: key, sweep: createSweepRunner(dataset.series, config) }
  }
  return dataset.runner.sweep
}

const sha256OfPieces = (pieces: Iterable<string | Uint8Array>): string => {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** Measured without an equity column; a run whose equity and trades are wanted is made once more for them. */
const computeSwept = ({ task, input, withChecks }: Work, dataset: Dataset): Measured => {
  const { candles } = task
  const { program, series, config } = input
  const result = runnerOf(dataset, config).run(program)
  const summary = toBacktestSummary({
    result,
    candles,
    config,
    program,
    barMs: series.barMs,
    sha256: sha256OfPieces,
    tradeText: dataset.tradeText,
  })
  const blockReturns = packBlocks(result.curve, candles, result.bars)
  const checks = withChecks ? { analysis: { checks: checksOf(input) } } : {}
  const row = { ...rowOf(summary, result.trades.length), blockReturns, ...checks }
  if (task.wanted === 'numbers') return { ...row, blobs: null }
  const { trades, equity } = runBacktest(input)
  const rows = tradeRows(trades, candles)
  // Of what is kept, so that it can be held against what was measured.
  const tradesSha256 = sha256Hex(JSON.stringify(rows))
  return { ...row, tradesSha256, blobs: packBlobs(rows, equity, candles) }
}

export const invalidStrategy = (problems: readonly Problem[]): BacktestOutcome => ({
  kind: 'invalid',
  code: 'INVALID_STRATEGY',
  detail: problems.map(describeProblem).join('; '),
})

const usedBars = (series: SeriesColumns, { rows }: BacktestConfig) => ({
  ...series,
  bars: Math.min(series.bars, rows ?? Infinity),
})

const computeOne = (task: BacktestTask, dataset: Dataset, run: TaskRun): BacktestOutcome => {
  const { strategy, config, withChecks = false } = run
  const startedMs = performance.now()
  const { series } = dataset
  const compiled = compileStrategy(strategy, { barMs: series.barMs })
  if (!compiled.ok) return invalidStrategy(compiled.error)
  const { detail } = task
  const mismatch = detail === undefined ? null : detailMismatch(usedBars(series, config), detail)
  if (mismatch !== null)
    return { kind: 'invalid', code: 'INVALID_CANDLES', detail: describeProblem(mismatch) }
  const work = { task, input: { program: compiled.value, series, config, detail }, withChecks }
  const result = task.wanted === 'single' ? computeSingle(work) : computeSwept(work, dataset)
  return { kind: 'computed', result: { ...result, computeMs: performance.now() - startedMs } }
}

/**
 * Computes one backtest after another. Indicators, and what runs of a sweep share, stay for those on one dataset; those
 * of another replace them.
 */
export const createTaskComputer = (): ((task: BacktestTask, run: TaskRun) => BacktestOutcome) => {
  let current: Dataset | undefined
  const datasetOf = ({ datasetDigest, candles }: BacktestTask): Dataset => {
    if (current?.digest !== datasetDigest) {
      current = {
        digest: datasetDigest,
        series: createSeriesColumns(candles),
        tradeText: createTradeText(candles),
        runner: undefined,
      }
    }
    return current
  }
  return (task, run) => computeOne(task, datasetOf(task), run)
}
