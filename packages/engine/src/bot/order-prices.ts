import { isPrice, type OrderPrices } from '../orders/index.ts'
import type { EntryOrderPlan, PriceLevelPlan } from '../strategy/index.ts'

/** The close that gave the signal, and the operands of the order's levels at that bar; NaN where undefined. */
export interface LevelInput {
  readonly close: number
  readonly stop: number
  readonly limit: number
}

/** `away` is the way in which a fraction moves the base: 1 up, -1 down. */
const levelFrom = (base: number, away: number) => (plan: PriceLevelPlan | null, operand: number) => {
  if (plan === null) return Number.NaN
  return plan.kind === 'operand' ? operand : base * (1 + away * plan.fraction)
}

/**
 * The entry order of a strategy on a side (1 or -1); null where a price it needs is undefined or not above zero. A
 * stop waits on the worse side of the close, a limit on the better; the limit of a stop-limit lies beyond its stop.
 */
export const orderPrices = (
  plan: EntryOrderPlan | null,
  side: number,
  input: LevelInput,
): OrderPrices | null => {
  if (plan === null) return { kind: 'market' }
  const { kind } = plan
  const stopPrice = levelFrom(input.close, side)(plan.stop, input.stop)
  const limitFrom = kind === 'stop_limit' ? levelFrom(stopPrice, side) : levelFrom(input.close, -side)
  const limitPrice = limitFrom(plan.limit, input.limit)
  if (kind === 'limit') return isPrice(limitPrice) ? { kind, limitPrice } : null
  if (kind === 'stop') return isPrice(stopPrice) ? { kind, stopPrice } : null
  return isPrice(stopPrice) && isPrice(limitPrice) ? { kind, stopPrice, limitPrice } : null
}
