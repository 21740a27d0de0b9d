import type { Strategy } from '../strategy/index.ts'
import type { Position, Simulation } from './simulation.ts'

/** Without a level inside the bars every path through them is the same. */
export const hasLevels = ({ stopLoss, takeProfit, trailingStop }: Strategy): boolean =>
  stopLoss !== undefined || takeProfit !== undefined || trailingStop !== undefined

/**
 * A level in signed prices: protective stops and limits both round towards better, a long's up and a short's down,
 * which is up for both in the mirror.
 */
const levelAt = (signedBase: number, change: number, { prices, position }: Simulation): number =>
  prices.up(signedBase * (1 + position.side * change))

/** The stop of a new position on the side in `position.side`, measured from `base` (a real price). */
export const signedStopOf = (strategy: Strategy, base: number, simulation: Simulation): number =>
  strategy.stopLoss === undefined
    ? -Infinity
    : levelAt(simulation.position.side * base, -strategy.stopLoss.fraction, simulation)

/** Arms target and trailing stop of the position that was just opened; `base` as for the stop. */
export const armTargetAndTrail = (simulation: Simulation, base: number): void => {
  const { position, program, config, prices } = simulation
  const { takeProfit, trailingStop } = program.strategy
  const { side } = position
  position.signedTarget = Infinity
  position.signedReach = Infinity
  if (takeProfit !== undefined) {
    position.signedTarget = levelAt(side * base, takeProfit.fraction, simulation)
    position.signedReach =
      config.limitTouch === 'touch' ? position.signedTarget : prices.beyond(position.signedTarget)
  }
  position.signedActivation = Infinity
  position.signedAnchor = -Infinity
  position.signedTrail = -Infinity
  if (trailingStop === undefined) return
  const signedEntry = side * position.entryPrice
  const activation = trailingStop.activationFraction ?? 0
  if (activation > 0) {
    position.signedActivation = signedEntry * (1 + side * activation)
    return
  }
  position.signedActivation = -Infinity
  position.signedAnchor = signedEntry
  position.signedTrail = trailAt(simulation, signedEntry)
}

/** The trailing level of an anchor. */
export const trailAt = (simulation: Simulation, signedAnchor: number): number => {
  const fraction = simulation.program.strategy.trailingStop?.fraction ?? 0
  return levelAt(signedAnchor, -fraction, simulation)
}

/** The stop that the price meets first. */
export const nearestStop = (position: Position, signedTrail: number): number =>
  signedTrail > position.signedStop ? signedTrail : position.signedStop
