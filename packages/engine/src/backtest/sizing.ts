import { err, ok, type Result } from '../kernel/index.ts'
import type { DenialCode } from '../orders/index.ts'
import type { Simulation } from './simulation.ts'

/** Venues refuse dust, so an entry must stay sellable at its stop with this margin (BAR-1 rule 10). */
const SELLABLE_MARGIN = 1.05

/** Cash may miss the cost by the rounding of the cost itself. */
const CASH_SLACK = 1e-12

/** The wanted quantity before rounding, or null where the stop leaves no distance to size by. */
const wantedQuantity = (simulation: Simulation, price: number): number | null => {
  const { cash, config, position, program } = simulation
  const { kind, value } = program.strategy.sizing
  switch (kind) {
    case 'equityFraction':
      return (cash * value) / (price * (1 + config.feeRate))
    case 'quote':
      return value / price
    case 'units':
      return value
    case 'riskFraction': {
      const distance = position.side * price - position.signedStop
      return distance > 0 ? (cash * value) / distance : null
    }
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
 * its cash is its equity. A short needs the same cash as a long: it is the collateral.
 */
export const resolveQuantity = (simulation: Simulation, price: number): Result<number, DenialCode> => {
  const { cash, config, quantities } = simulation
  const wanted = wantedQuantity(simulation, price)
  if (wanted === null) return err('NO_STOP_DISTANCE')
  const steps = quantities.floorIndex(wanted)
  const quantity = quantities.at(steps)
  if (!(price > 0) || !(steps >= 1) || !Number.isFinite(quantity)) return err('ZERO_QUANTITY')
  const notional = quantity * price
  if (isBelowMinNotional(simulation, notional)) return err('MIN_NOTIONAL')
  if (notional * (1 + config.feeRate) > cash * (1 + CASH_SLACK)) return err('INSUFFICIENT_CASH')
  return ok(quantity)
}
