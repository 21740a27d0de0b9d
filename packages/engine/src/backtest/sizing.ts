import type { DenialCode } from '../orders/index.ts'
import type { Simulation } from './simulation.ts'

/** Venues refuse dust, so an entry must stay sellable at its stop with this margin (BAR-1 rule 10). */
const SELLABLE_MARGIN = 1.05

/** Cash may miss the cost by the rounding of the cost itself. */
const CASH_SLACK = 1e-12

/** What a unit loses at the stop. */
const stopDistance = ({ position }: Simulation, price: number): number =>
  position.side * price - position.signedStop

/** Before rounding. */
const wantedQuantity = (simulation: Simulation, price: number): number => {
  const { cash, config, program } = simulation
  const { kind, value } = program.strategy.sizing
  switch (kind) {
    case 'equityFraction':
      return (cash * value) / (price * (1 + config.feeRate))
    case 'quote':
      return value / price
    case 'units':
      return value
    case 'riskFraction':
      return (cash * value) / stopDistance(simulation, price)
  }
}

const isBelowMinNotional = ({ config, program }: Simulation, notional: number): boolean => {
  if (config.minNotional === null) return false
  if (notional < config.minNotional) return true
  const stop = program.strategy.stopLoss
  return stop !== undefined && notional * (1 - stop.fraction) < config.minNotional * SELLABLE_MARGIN
}

/**
 * Quantity of a market entry at `price` on the side in `position.side`, floored to the step; the account is flat, so
 * its cash is its equity. No usable number where `denialOf` names a reason.
 */
export const quantityOf = (simulation: Simulation, price: number): number => {
  const { quantities, lastSize } = simulation
  const wanted = wantedQuantity(simulation, price)
  if (wanted === lastSize.wanted) return lastSize.quantity
  lastSize.wanted = wanted
  lastSize.quantity = quantities.at(quantities.floorIndex(wanted))
  return lastSize.quantity
}

/** Why an entry is refused, or null. A short needs the same cash as a long: it is the collateral. */
export const denialOf = (simulation: Simulation, quantity: number, price: number): DenialCode | null => {
  const { cash, config, program } = simulation
  const isSizedByStop = program.strategy.sizing.kind === 'riskFraction'
  if (isSizedByStop && !(stopDistance(simulation, price) > 0)) return 'NO_STOP_DISTANCE'
  if (!(price > 0) || !(quantity > 0) || !Number.isFinite(quantity)) return 'ZERO_QUANTITY'
  const notional = quantity * price
  if (isBelowMinNotional(simulation, notional)) return 'MIN_NOTIONAL'
  return notional * (1 + config.feeRate) > cash * (1 + CASH_SLACK) ? 'INSUFFICIENT_CASH' : null
}
