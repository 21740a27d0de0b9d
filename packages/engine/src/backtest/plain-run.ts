import type { BacktestConfig, PathMode } from '../paper/index.ts'
import { createRuleCursors, type Program, type SeriesColumns } from '../strategy/index.ts'
import { markedEquity } from './account.ts'
import type { BarExtremes } from './bar-extremes.ts'
import { NO_MARKS } from './marks.ts'
import { hasLevels } from './protection.ts'
import type { Band, OpenPosition, Run } from './run.ts'
import { bandOf } from './run.ts'
import { simulate } from './simulate.ts'
import { createSimulation, type Marks, type Simulation } from './simulation.ts'
import { logOf, NO_TRADES, type TradeRecorder } from './trade-recorder.ts'
import type { Trips } from './trips.ts'

export interface PlainRunInput {
  readonly program: Program
  readonly series: SeriesColumns
  readonly config: BacktestConfig
  readonly marks: Marks
  readonly recorder: TradeRecorder
  /** Null where a series is run too few times to be worth them. */
  readonly extremes: BarExtremes | null
  readonly trips: Trips
}

const finalOf = (simulation: Simulation): number => {
  const { cash, position, candles, lastBar } = simulation
  return position.side === 0 ? cash : markedEquity(simulation, position.side * candles.close[lastBar]!)
}

const openPositionOf = ({ position }: Simulation): OpenPosition | null => {
  const { side, entryIndex, entryPrice, quantity } = position
  return side === 0 ? null : { side: side > 0 ? 'long' : 'short', entryIndex, entryPrice, quantity }
}

const runOf = (simulation: Simulation): Run => {
  const { recorder, ambiguousBars, denied, blownAtBar } = simulation
  return {
    trades: recorder === null ? NO_TRADES : logOf(recorder),
    finalEquity: finalOf(simulation),
    ambiguousBars,
    openPosition: openPositionOf(simulation),
    denied,
    blownAtBar: blownAtBar < 0 ? null : blownAtBar,
  }
}

/** Market entries on a spot account: at most one position, at most one stop and one target. */
export const runPlain = (input: PlainRunInput): Run & { readonly band: Band } => {
  const { program, series, config, marks, recorder, extremes, trips } = input
  const { candles, bars } = series
  const rules = createRuleCursors(program, series, Math.max(0, bars - 1))
  const runBy = (path: PathMode, out: Pick<Simulation, 'marks' | 'recorder'>): Run => {
    const simulation = createSimulation({
      candles,
      extremes,
      rules,
      trips,
      program,
      config: { ...config, path },
      ...out,
    })
    simulate(simulation)
    return runOf(simulation)
  }
  const run = runBy(config.path, { marks, recorder })
  const { finalEquity } = run
  const band = hasLevels(program.strategy)
    ? bandOf(run, config.path, (path) => runBy(path, { marks: NO_MARKS, recorder: null }))
    : { worst: finalEquity, best: finalEquity, ambiguousBars: 0 }
  rules.release()
  return { ...run, band }
}
