// The whole backtest (indicators, signals, fills, every metric) against the hand-written loop of sim.mjs, in pairs.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DEFAULT_BACKTEST_CONFIG, runBacktest } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import { backtestMetrics } from '@botcriptofy/engine/metrics'
import {
  compileStrategy,
  createSeriesColumns,
  type Program,
  type Strategy,
} from '@botcriptofy/engine/strategy'
import { median, medianRatio, printReport } from './bench-output.ts'
import { ohlcv } from './data.mjs'
import { makeBuffers, run } from './sim.mjs'

const BARS = 1_000_000
const WARM_UP_PAIRS = 6
const PAIRS = 9
const CAPITAL = 1e9
const FEE_RATE = 0.001

const sma = (period: number) => ({ type: 'sma', params: { period } })
const smaCross: Strategy = {
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: { fast: sma(10), slow: sma(30) },
  entry: { long: { left: 'fast', op: 'crosses_above', right: 'slow' } },
  exit: { long: { left: 'fast', op: 'crosses_below', right: 'slow' } },
  sizing: { kind: 'units', value: 1 },
}
const smaCrossStops: Strategy = {
  ...smaCross,
  stopLoss: { fraction: 0.01 },
  takeProfit: { fraction: 0.02 },
}
const ruleTree: Strategy = {
  ...smaCross,
  indicators: {
    ...smaCross.indicators,
    rsi: { type: 'rsi', params: { period: 14 } },
    macd: { type: 'macd', params: { fast: 12, slow: 26, signal: 9 } },
    atr: { type: 'atr', params: { period: 14 } },
  },
  entry: {
    long: {
      all: [
        { left: 'fast', op: '>', right: 'slow' },
        {
          any: [
            { left: 'rsi', op: '<', right: 60 },
            { left: 'macd.macd', op: 'crosses_above', right: 'macd.signal' },
          ],
        },
        { left: 'atr', op: '>', right: 5 },
      ],
    },
  },
  exit: {
    long: {
      any: [
        { left: 'fast', op: 'crosses_below', right: 'slow' },
        { left: 'rsi', op: '>', right: 75 },
      ],
    },
  },
}

const config = { ...DEFAULT_BACKTEST_CONFIG, initialCapital: CAPITAL, feeRate: FEE_RATE, slippageRate: 0 }
const candles: Candles = ohlcv(BARS)
const buffers = makeBuffers(BARS)
const equity = new Float64Array(BARS)

const compile = (strategy: Strategy): Program => {
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

interface Sample {
  readonly floorMs: number
  readonly indicatorsMs: number
  readonly fillsMs: number
  readonly metricsMs: number
}

const timed = <T>(work: () => T): { readonly ms: number; readonly value: T } => {
  const startedMs = performance.now()
  const value = work()
  return { ms: performance.now() - startedMs, value }
}

const runFloor = () => timed(() => run(candles, 10, 30, FEE_RATE, CAPITAL, buffers))

/** Nothing is kept from run to run but the column that receives the equity, as the floor keeps its own. */
const runProduct = (program: Program) => {
  const series = createSeriesColumns(candles)
  const indicators = timed(() => program.indicators.forEach((spec) => series.linesOf(spec)))
  const fills = timed(() => runBacktest({ program, series, config, equity }))
  const { trades, firstTradableBar, finalEquity } = fills.value
  const { riskFreeRate, periodsPerYear } = config
  const metrics = timed(() =>
    backtestMetrics({
      candles,
      equity,
      trades,
      initialCapital: CAPITAL,
      firstTradableBar,
      riskFreeRate,
      periodsPerYear,
    }),
  )
  return { indicatorsMs: indicators.ms, fillsMs: fills.ms, metricsMs: metrics.ms, finalEquity }
}

/** Every other pair runs the product first. */
const runPair = (program: Program, pair: number): Sample & { readonly isFloorsEquity: boolean } => {
  const before = pair % 2 === 0 ? runFloor() : null
  const { finalEquity, ...product } = runProduct(program)
  const floor = before ?? runFloor()
  return { floorMs: floor.ms, ...product, isFloorsEquity: finalEquity === floor.value.final }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const heldBytes = (): number => {
  // The second collection ends the sweeping of buffers that the first began.
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** What a run and its series hold beyond the candles, its own equity column included. */
const bytesPerBar = (program: Program): number => {
  const before = heldBytes()
  const series = createSeriesColumns(candles)
  const result = runBacktest({ program, series, config })
  const bytes = heldBytes() - before
  if (result.bars !== series.bars) throw new Error('the run must cover the series')
  return bytes / BARS
}

const oursMs = (sample: Sample): number => sample.indicatorsMs + sample.fillsMs + sample.metricsMs
const barsPerSecond = (ms: number): number => BARS / (ms / 1000)

const measure = (strategy: Strategy) => {
  const program = compile(strategy)
  const samples = Array.from({ length: PAIRS }, (_, pair) => runPair(program, pair))
  if (strategy === smaCross && !samples.every(({ isFloorsEquity }) => isFloorsEquity)) {
    throw new Error('the product and the floor must end with the same equity, to the last bit')
  }
  const floorMs = samples.map((sample) => sample.floorMs)
  const ours = samples.map(oursMs)
  const of = (value: (sample: Sample) => number): number => median(samples.map(value))
  return {
    ratio: medianRatio(floorMs, ours),
    figures: {
      barsPerSecond: barsPerSecond(median(ours)),
      floorBarsPerSecond: barsPerSecond(median(floorMs)),
      indicatorsMs: of(({ indicatorsMs }) => indicatorsMs),
      fillsMs: of(({ fillsMs }) => fillsMs),
      metricsMs: of(({ metricsMs }) => metricsMs),
      bytesPerBar: bytesPerBar(program),
    },
  }
}

// All strategies before any is measured: what the first pairs of one teach the compiler holds for the others too.
for (let pair = 0; pair < WARM_UP_PAIRS; pair++) {
  for (const strategy of [smaCross, smaCrossStops, ruleTree]) runPair(compile(strategy), pair)
}
const measured = {
  smaCross: measure(smaCross),
  smaCrossStops: measure(smaCrossStops),
  ruleTree: measure(ruleTree),
}
const entries = Object.entries(measured)
printReport({
  name: 'backtest',
  runs: PAIRS,
  ratios: Object.fromEntries(entries.map(([name, { ratio }]) => [`${name}VsFloor`, ratio])),
  figures: Object.fromEntries(
    entries.flatMap(([name, { figures }]) =>
      Object.entries(figures).map(([key, value]) => [`${name}.${key}`, value]),
    ),
  ),
})
