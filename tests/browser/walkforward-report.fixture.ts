import {
  joinTests,
  type WalkForwardView,
  type WalkForwardWindowView,
} from '@botcriptofy/contracts/walkforward'
import type { Candles } from '@botcriptofy/engine/market'
import { applyParams, type Axis, combinationCount, paramsAt } from '@botcriptofy/engine/sweep'
import type { WalkForwardReportData } from '@botcriptofy/report/walkforward'
import { type BacktestRun, backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { candles, FAST, SLOW } from './sweep-report.fixture.ts'

const AXES: readonly Axis[] = [
  [FAST, [5, 10, 15]],
  [SLOW, [20, 30]],
]
const DAY_MS = 86_400_000
const [TRAIN_MS, TEST_MS] = [40 * DAY_MS, 10 * DAY_MS]
const SYMBOL = { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' }

const between = (fromMs: number, toMs: number): Candles => {
  const rows = [fromMs, toMs].map((ms) => candles.time.findIndex((timeMs) => timeMs >= ms))
  const cut = (column: Float64Array) => column.subarray(rows[0], rows[1])
  const { time, open, high, low, close, volume } = candles
  return {
    time: cut(time),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  }
}

const runOf = (ordinal: number, over: Candles): BacktestRun => {
  const applied = applyParams(SMA_CROSS, paramsAt(AXES, ordinal))
  if (!applied.ok) throw new Error(`expected a combination, was ${JSON.stringify(applied.error)}`)
  return backtestRun({ candles: over, strategy: applied.value })
}

const bestOf = (over: Candles): readonly [ordinal: number, run: BacktestRun] => {
  const runs = Array.from({ length: combinationCount(AXES) }, (_, ordinal) => runOf(ordinal, over))
  const sharpes = runs.map(({ result }) => result.metrics.sharpe ?? -Infinity)
  const ordinal = sharpes.indexOf(Math.max(...sharpes))
  return [ordinal, runs[ordinal]!]
}

const windowOf = (place: number) => {
  const trainFromMs = candles.time[0]! + place * TEST_MS
  const testFromMs = trainFromMs + TRAIN_MS
  const [ordinal, train] = bestOf(between(trainFromMs, testFromMs))
  const test = runOf(ordinal, between(testFromMs, testFromMs + TEST_MS))
  const { totalReturn, sharpe, maxDrawdown, trades } = test.result.metrics
  const shown: WalkForwardWindowView = {
    place,
    status: 'completed',
    train: {
      fromMs: trainFromMs,
      toMs: testFromMs,
      totalReturn: train.result.metrics.totalReturn,
      sharpe: train.result.metrics.sharpe,
      sweepId: null,
      objectiveValue: train.result.metrics.sharpe,
    },
    test: {
      fromMs: testFromMs,
      toMs: testFromMs + TEST_MS,
      backtestId: null,
      totalReturn,
      sharpe,
      maxDrawdown,
      trades,
    },
    params: paramsAt(AXES, ordinal),
  }
  return { shown, test }
}

/** Eight windows of generated candles through the real engine. */
export const walkForwardReport = (): WalkForwardReportData => {
  const windows = Array.from({ length: 8 }, (_, place) => windowOf(place))
  const joined = joinTests({
    axes: AXES,
    config: windows[0]!.test.config,
    windows: windows.map(({ shown: { train, test, params }, test: run }) => ({
      trainMs: TRAIN_MS,
      testMs: TEST_MS,
      testFromMs: test.fromMs,
      tested: {
        params: params ?? {},
        trainReturn: train.totalReturn,
        testReturn: test.totalReturn,
        trades: test.trades ?? 0,
        time: run.candles.time,
        equity: run.equity,
      },
    })),
  })
  const view: WalkForwardView = {
    ...SYMBOL,
    id: '0198c0de-0000-7000-8000-000000000002',
    status: 'completed',
    progress: { done: 8, total: 8, fraction: 1 },
    strategyName: SMA_CROSS.name,
    strategySha256: 'a'.repeat(64),
    isSimulated: true,
    fromMs: candles.time[0]!,
    toMs: candles.time.at(-1)! + 3_600_000,
    bars: candles.time.length,
    datasetDigest: 'd'.repeat(64),
    engineRevision: 2,
    fees: { feeRate: 0.001, slippageRate: 0.0005 },
    error: null,
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: 0,
    objective: 'sharpe',
    plan: { mode: 'rolling', trainMs: TRAIN_MS, testMs: TEST_MS, purgeMs: 0, embargoMs: 0 },
    windows: { done: 8, total: 8 },
    strategy: {},
    config: {},
    parameters: Object.fromEntries(AXES.map(([path, values]) => [path, [...values]])),
    windowList: windows.map(({ shown }) => shown),
    result: joined.result,
  }
  return { view, ...joined }
}
