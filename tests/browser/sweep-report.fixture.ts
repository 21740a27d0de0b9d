import {
  judgeHalves,
  judgeOverfitting,
  judgeSweep,
  type SampledRuns,
  type TrialColumns,
  trialsOf,
} from '@botcriptofy/contracts/sweep'
import { generateCandles } from '@botcriptofy/engine/market'
import { analyseCurve } from '@botcriptofy/engine/metrics'
import { applyParams, type Axis, combinationCount, paramsAt } from '@botcriptofy/engine/sweep'
import { curveBlocks } from '@botcriptofy/engine/validity'
import { rankRows, reportedMetrics, type SweepReportData } from '@botcriptofy/report/sweep'
import { type BacktestRun, backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'

export const FAST = 'indicators.fast.params.period'
export const SLOW = 'indicators.slow.params.period'
export const STOP = 'stopLoss.fraction'

/** An hour each, of a generator. */
export const candles = generateCandles({
  seed: 4,
  bars: 3000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2023, 0, 1),
  startPrice: 100,
})

const columnsOf = (axes: readonly Axis[], runs: readonly (BacktestRun | null)[]): TrialColumns => {
  const column = (value: (run: BacktestRun) => number | null) =>
    Float64Array.from(runs, (run) => (run === null ? null : value(run)) ?? Number.NaN)
  return {
    paths: axes.map(([path]) => path),
    ordinal: Int32Array.from(runs.keys()),
    params: axes.map(([path]) => Float64Array.from(runs.keys(), (ordinal) => paramsAt(axes, ordinal)[path]!)),
    objective: column(({ result }) => result.metrics.sharpe),
    violation: new Float64Array(runs.length),
    share: new Float64Array(runs.length).fill(1),
    metrics: Object.fromEntries(
      reportedMetrics('sharpe').map((key) => [key, column(({ result }) => result.metrics[key])]),
    ),
    isFailed: Uint8Array.from(runs, (run) => (run === null ? 1 : 0)),
    isLowSample: Uint8Array.from(runs, (run) => (run?.result.lowSample === true ? 1 : 0)),
  }
}

const blocksOf = ({ equity, result, detail, config }: BacktestRun) => {
  const to = result.bars
  const series = {
    time: candles.time,
    equity,
    from: detail.firstTradableBar,
    to,
    startEquity: config.initialCapital,
  }
  return curveBlocks(analyseCurve(series, 'day_before'), candles.time.subarray(0, to)) ?? []
}

const comparedRuns = (runs: readonly (BacktestRun | null)[], bestOrdinal: number): SampledRuns => {
  const known = runs.flatMap((run, ordinal) => (run === null ? [] : [{ ordinal, blocks: blocksOf(run) }]))
  return {
    runs: known.length,
    known: known.length,
    ordinals: known.map(({ ordinal }) => ordinal),
    blocks: known.map(({ blocks }) => blocks),
    best: known.find(({ ordinal }) => ordinal === bestOrdinal) ?? null,
  }
}

/** A whole grid through the real engine; `fails` says which combinations did not come to a result. */
export const sweepOf = (
  axes: readonly Axis[],
  fails: (ordinal: number) => boolean = () => false,
): SweepReportData => {
  const runs = Array.from({ length: combinationCount(axes) }, (_, ordinal) => {
    const applied = applyParams(SMA_CROSS, paramsAt(axes, ordinal))
    if (!applied.ok) throw new Error(`expected a combination, was ${JSON.stringify(applied.error)}`)
    return fails(ordinal) ? null : backtestRun({ candles, strategy: applied.value })
  })
  const trials = columnsOf(axes, runs)
  const best = runs[rankRows(trials)[0]!]!
  const compared = comparedRuns(runs, runs.indexOf(best))
  const { halves, points } = judgeHalves({
    compared,
    periodsPerYear: 365,
    paramsOf: (ordinal) => paramsAt(axes, ordinal),
  })
  return {
    id: '0198c0de-0000-7000-8000-000000000001',
    origin: 'https://engine.example',
    strategyName: 'sma-cross',
    strategySha256: 'a'.repeat(64),
    market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
    dataset: { digest: 'd'.repeat(64), simulated: true, seed: 4 },
    range: { fromMs: candles.time[0]!, toMs: candles.time.at(-1)! + 3_600_000, bars: 3000 },
    engineRevision: 2,
    objective: 'sharpe',
    score: null,
    parameters: axes.map(([path, values]) => ({ path, values })),
    notRun: 0,
    trials,
    validity: judgeSweep({
      overfitting: judgeOverfitting(compared),
      halves,
      id: '0198c0de-0000-7000-8000-000000000001',
      objective: 'sharpe',
      failed: trials.isFailed.filter((flag) => flag === 1).length,
      periodsPerYear: 365,
      trials: trialsOf(trials),
      sharpest: { ordinal: runs.indexOf(best), params: {}, metrics: best.result.metrics },
      lastBarMs: candles.time.at(-1)!,
    }),
    halves: points,
    best: {
      time: candles.time,
      equity: best.equity,
      config: best.config,
      quote: 'USDT',
      result: best.result,
    },
  }
}

/** So many runs without an engine: parameters `a` and `b` on a grid, and an objective of them. */
export const manyRuns = (side: number, objectiveOf: (a: number, b: number) => number): TrialColumns => {
  const ordinal = Int32Array.from({ length: side * side }, (_, k) => k)
  const a = Float64Array.from(ordinal, (k) => Math.floor(k / side))
  const b = Float64Array.from(ordinal, (k) => k % side)
  const objective = a.map((value, k) => objectiveOf(value, b[k]!))
  return {
    paths: ['a', 'b'],
    ordinal,
    params: [a, b],
    objective,
    violation: new Float64Array(ordinal.length),
    share: new Float64Array(ordinal.length).fill(1),
    metrics: Object.fromEntries(reportedMetrics('sharpe').map((key) => [key, objective])),
    isFailed: new Uint8Array(ordinal.length),
    isLowSample: new Uint8Array(ordinal.length),
  }
}
