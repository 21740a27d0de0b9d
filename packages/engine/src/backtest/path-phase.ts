import { exitFeeRate, exitPrice, leave, markedEquity } from './account.ts'
import { type Exit, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP, TRAILING_STOP_GAP } from './exits.ts'
import type { Simulation, WalkOutcome } from './simulation.ts'
import {
  STOP_FILL,
  SURVIVES,
  TARGET_FILL,
  walkAdverseFirst,
  walkFavourableFirst,
  walkStopFirst,
} from './walk.ts'

const readBar = ({ candles, position, walked, bar }: Simulation): void => {
  const { side } = position
  const low = side * candles.low[bar]!
  const high = side * candles.high[bar]!
  walked.open = side * candles.open[bar]!
  walked.adverse = side > 0 ? low : high
  walked.favourable = side > 0 ? high : low
  walked.close = side * candles.close[bar]!
}

/** The bar's low is the adverse end of a long and the favourable end of a short. */
const walkLowFirst = (simulation: Simulation): WalkOutcome => {
  const walk = simulation.position.side > 0 ? walkAdverseFirst : walkFavourableFirst
  walk(simulation, simulation.walked, simulation.lowFirst)
  return simulation.lowFirst
}

const walkHighFirst = (simulation: Simulation): WalkOutcome => {
  const walk = simulation.position.side > 0 ? walkFavourableFirst : walkAdverseFirst
  walk(simulation, simulation.walked, simulation.highFirst)
  return simulation.highFirst
}

const fillPrice = (simulation: Simulation, { fill, signedPrice }: WalkOutcome): number =>
  exitPrice(simulation, signedPrice, fill !== TARGET_FILL)

/** Levels that differ may still fill alike: a coarse tick rounds them to one price. */
const isSameFill = (simulation: Simulation, a: WalkOutcome, b: WalkOutcome): boolean =>
  a.fill === b.fill &&
  (a.fill === SURVIVES ||
    a.signedPrice === b.signedPrice ||
    fillPrice(simulation, a) === fillPrice(simulation, b))

/** Equity marked at the close if the bar goes this way. */
const equityAfter = (simulation: Simulation, outcome: WalkOutcome): number => {
  if (outcome.fill === SURVIVES) return markedEquity(simulation, simulation.walked.close)
  const { cash, config, position } = simulation
  const price = fillPrice(simulation, outcome)
  const fee = exitFeeRate(config, outcome.fill !== TARGET_FILL) * position.quantity * price
  return cash + position.side * position.quantity * price - fee
}

/** Both paths, the one with the lower (worst) or higher (best) marked equity kept; a tie takes the low first. */
const walkBoth = (simulation: Simulation): WalkOutcome => {
  const low = walkLowFirst(simulation)
  const high = walkHighFirst(simulation)
  if (isSameFill(simulation, low, high)) return low
  simulation.ambiguousBars++
  const gain = equityAfter(simulation, high) - equityAfter(simulation, low)
  return (simulation.config.path === 'worst' ? gain < 0 : gain > 0) ? high : low
}

const isHighNearer = ({ candles, bar }: Simulation): boolean =>
  Math.abs(candles.high[bar]! - candles.open[bar]!) < Math.abs(candles.open[bar]! - candles.low[bar]!)

const walk = (simulation: Simulation): WalkOutcome => {
  switch (simulation.config.path) {
    case 'worst':
    case 'best':
      return walkBoth(simulation)
    case 'ohlc':
      return walkHighFirst(simulation)
    case 'olhc':
      return walkLowFirst(simulation)
    case 'adaptive':
      return isHighNearer(simulation) ? walkHighFirst(simulation) : walkLowFirst(simulation)
    case 'stop_first':
      walkStopFirst(simulation, simulation.walked, simulation.lowFirst)
      return simulation.lowFirst
  }
}

const exitOf = ({ fill, gap }: WalkOutcome): Exit => {
  if (fill === TARGET_FILL) return TAKE_PROFIT
  if (fill === STOP_FILL) return STOP_LOSS
  return gap ? TRAILING_STOP_GAP : TRAILING_STOP
}

const follow = (simulation: Simulation, outcome: WalkOutcome): void => {
  const { position } = simulation
  if (outcome.signedLow < position.signedLow) position.signedLow = outcome.signedLow
  if (outcome.signedHigh > position.signedHigh) position.signedHigh = outcome.signedHigh
  position.signedAnchor = outcome.signedAnchor
  position.signedTrail = outcome.signedTrail
  if (outcome.fill !== SURVIVES) leave(simulation, outcome.signedPrice, exitOf(outcome))
}

/** What the inside of the bar does to the open position. */
export const pathPhase = (simulation: Simulation): void => {
  readBar(simulation)
  follow(simulation, walk(simulation))
}
