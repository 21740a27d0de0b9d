import { err, ok, type Result } from '../kernel/index.ts'
import type { DenialCode } from '../orders/index.ts'
import type { Sizing } from '../strategy/index.ts'
import type { Direction } from './account.ts'
import { marginRate } from './margin.ts'
import type { PaperSetup } from './setup.ts'

/** Venues refuse dust, so an entry must stay sellable at its stop with this margin (BAR-1 rule 10). */
const SELLABLE_MARGIN = 1.05

/** Cash may miss the cost by the rounding of the cost itself. */
const CASH_SLACK = 1e-12

/** An entry about to fill. */
export interface Candidate {
  readonly side: Direction
  readonly sizing: Sizing
  readonly price: number
  readonly feeRate: number
  /** What fractions are of: cash, and what the account holds in other symbols. */
  readonly equity: number
  /** Free cash. */
  readonly cash: number
  /** The stop that the fill would arm. */
  readonly stop: number | null
}

/** The wanted quantity before rounding, or null where the stop leaves no distance to size by. */
const wantedQuantity = ({ config }: PaperSetup, candidate: Candidate): number | null => {
  const { side, sizing, price, feeRate, equity, stop } = candidate
  switch (sizing.kind) {
    case 'equityFraction': {
      const leverage = config.leverage ?? 1
      return (equity * sizing.value * leverage) / (price * (1 + leverage * feeRate))
    }
    case 'quote':
      return sizing.value / price
    case 'units':
      return sizing.value
    case 'riskFraction': {
      const distance = stop === null ? 0 : side * price - side * stop
      return distance > 0 ? (equity * sizing.value) / distance : null
    }
  }
}

const isBelowMinNotional = ({ config, protection }: PaperSetup, notional: number): boolean => {
  if (config.minNotional === null) return false
  if (notional < config.minNotional) return true
  const stop = protection.stopLoss
  return stop !== undefined && notional * (1 - stop.fraction) < config.minNotional * SELLABLE_MARGIN
}

type Cost = Pick<Candidate, 'price' | 'feeRate' | 'cash'>

/** Whether the cash covers margin and fee of a fill. */
export const isAffordable = ({ config }: PaperSetup, quantity: number, cost: Cost): boolean =>
  quantity * cost.price * (marginRate(config) + cost.feeRate) <= cost.cash * (1 + CASH_SLACK)

/** Why an entry of this quantity may not fill, or null when it may. */
export const denialOf = (setup: PaperSetup, quantity: number, cost: Cost): DenialCode | null => {
  if (!(cost.price > 0) || !(quantity > 0) || !Number.isFinite(quantity)) return 'ZERO_QUANTITY'
  if (isBelowMinNotional(setup, quantity * cost.price)) return 'MIN_NOTIONAL'
  return isAffordable(setup, quantity, cost) ? null : 'INSUFFICIENT_CASH'
}

/** Quantity of an entry, floored to the step. */
export const resolveQuantity = (setup: PaperSetup, candidate: Candidate): Result<number, DenialCode> => {
  const wanted = wantedQuantity(setup, candidate)
  if (wanted === null) return err('NO_STOP_DISTANCE')
  const { quantities } = setup
  const quantity = quantities.at(quantities.floorIndex(wanted))
  const denial = denialOf(setup, quantity, candidate)
  return denial === null ? ok(quantity) : err(denial)
}
