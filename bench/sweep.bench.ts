// A thousand parameter sets on one series, every metric of each, against the floor loop of sim.mjs on cached SMAs.
import { createHash } from 'node:crypto'
import {
  createSweepRunner,
  type MeasuredRun,
  runBacktest,
  type SweepRunner,
  tradeRows,
} from '@botcriptofy/engine/backtest'
import type { TradeLog } from '@botcriptofy/engine/positions'
import type { SeriesColumns } from '@botcriptofy/engine/strategy'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { makeBuffers, runPre, smaInto } from './sim.mjs'
import {
  BARS,
  candles,
  CAPITAL,
  combinations,
  compile,
  config,
  fastWindows,
  FEE_RATE,
  seriesWithSmas,
  slowWindows,
  strategies,
  strategyOf,
  type Windows,
} from './sweep-grid.ts'

const ROUNDS = 7
/** Every how many combinations the whole trade list is compared. */
const SAMPLE_STEP = 25

const buffers = makeBuffers(BARS)
const windows = [...fastWindows, ...slowWindows]
const floorSmas = new Map(
  windows.map((period) => {
    const column = new Float64Array(BARS)
    smaInto(candles.close, period, column)
    return [period, column]
  }),
)

const runFloor = ({ fast, slow }: Windows) =>
  runPre(candles, floorSmas.get(fast), floorSmas.get(slow), slow, FEE_RATE, CAPITAL, buffers)

const msOf = (work: () => void): number => {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}

const floorRound = (): number =>
  msOf(() => {
    for (const combination of combinations) runFloor(combination)
  })

/** Both sides start with their moving averages computed; everything else is part of what is measured. */
const productRound = (): number => {
  const series = seriesWithSmas()
  return msOf(() => {
    const runner = createSweepRunner(series, config)
    for (const strategy of strategies) runner.run(compile(strategy))
  })
}

const hashOf = (trades: TradeLog): string =>
  createHash('sha256')
    .update(JSON.stringify(tradeRows(trades, candles)))
    .digest('hex')

const isClose = (a: number | null, b: number): boolean => a !== null && Math.abs(a - b) <= 1e-12

const differencesFromFloor = ({ metrics, finalEquity }: MeasuredRun, floor: ReturnType<typeof runFloor>) =>
  Object.entries({
    trades: metrics.trades === floor.trades,
    finalEquity: finalEquity === floor.final,
    totalReturn: isClose(metrics.totalReturn, floor.ret),
    maxDrawdown: isClose(metrics.maxDrawdown, -floor.maxDrawdown),
    winRate: isClose(metrics.winRate, floor.winRate),
  }).flatMap(([name, isEqual]) => (isEqual ? [] : [name]))

/** Every combination must end as the floor's does, and the trades be those of an ordinary run. Returns all trades. */
const verify = (series: SeriesColumns, runner: SweepRunner): number =>
  combinations.reduce((trades, combination, index) => {
    const program = compile(strategyOf(combination))
    const run = runner.run(program)
    const differences = differencesFromFloor(run, runFloor(combination))
    const isSampled = index % SAMPLE_STEP === 0
    if (isSampled && hashOf(run.trades) !== hashOf(runBacktest({ program, series, config }).trades)) {
      differences.push('trade hash')
    }
    if (differences.length === 0) return trades + run.trades.length
    throw new Error(`product and floor differ in ${differences.join(', ')} at ${JSON.stringify(combination)}`)
  }, 0)

const series = seriesWithSmas()
const trades = verify(series, createSweepRunner(series, config))
const { floor, product } = await interleave(ROUNDS, { floor: floorRound, product: productRound })

const barCombinations = combinations.length * BARS
printReport({
  name: 'sweep',
  runs: ROUNDS,
  ratios: { combosVsCachedFloor: medianRatio(floor, product) },
  figures: {
    combinations: combinations.length,
    trades,
    barCombinationsPerSecond: barCombinations / (median(product) / 1000),
    floorBarCombinationsPerSecond: barCombinations / (median(floor) / 1000),
    msPerCombination: median(product) / combinations.length,
    floorMsPerCombination: median(floor) / combinations.length,
  },
})
