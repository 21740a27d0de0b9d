import type { BacktestResult } from './run-backtest.ts'
import { LEVELS, type LevelStep, type ReplayedTrade } from './trade-replay.ts'

/**
 * Where stop, target and trailing stop of trades stood, as columns: of each trade three counts of steps, and the steps
 * in that order. From its bar on a level stands at its price (quote units), up to the next step or the exit.
 */
export interface LevelPaths {
  readonly counts: Int32Array<ArrayBuffer>
  readonly bars: Int32Array<ArrayBuffer>
  readonly prices: Float64Array<ArrayBuffer>
}

/** A trailing stop that follows for thousands of bars is drawn no finer than a screen shows. */
const MOST_STEPS = 400

/** The last step of a level is kept; of those between some, evenly, each with its own bar and price. */
const thinned = (steps: readonly LevelStep[], exitIndex: number): readonly LevelStep[] => {
  // What the bar of the exit itself moved was never carried into another.
  const carried = steps.filter(({ bar }) => bar <= exitIndex)
  const stride = Math.ceil(carried.length / MOST_STEPS)
  return carried.filter((_, at) => (carried.length - 1 - at) % stride === 0)
}

interface PathsInput {
  readonly trades: BacktestResult['trades']
  readonly replayed: (entryIndex: number) => ReplayedTrade
  /** How many trades, from the first. */
  readonly count: number
}

export const levelPaths = ({ trades, replayed, count }: PathsInput): LevelPaths => {
  const paths = Array.from({ length: count }, (_, row) => {
    const { levels } = replayed(trades.entryIndex[row]!)
    return LEVELS.map((name) => thinned(levels[name], trades.exitIndex[row]!))
  }).flat()
  const steps = paths.flat()
  return {
    counts: Int32Array.from(paths, ({ length }) => length),
    bars: Int32Array.from(steps, ({ bar }) => bar),
    prices: Float64Array.from(steps, ({ price }) => price),
  }
}
