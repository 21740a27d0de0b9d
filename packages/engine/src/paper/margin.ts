import type { Direction, PaperAccount } from './account.ts'
import type { BacktestConfig } from './config.ts'
import type { PaperSetup } from './setup.ts'

interface Held {
  readonly side: Direction
  readonly quantity: number
  readonly entryPrice: number
}

/** Part of the notional that is set aside for a position; all of it in a spot account. */
export const marginRate = ({ leverage }: BacktestConfig): number => 1 / (leverage ?? 1)

export const marginOf = (config: BacktestConfig, { quantity, entryPrice }: Held): number =>
  quantity * entryPrice * marginRate(config)

/** The price at which the margin is gone. */
export const bankruptcyPrice = (config: BacktestConfig, { side, entryPrice }: Held): number =>
  entryPrice * (1 - side * marginRate(config))

/**
 * The price at which what is left of the margin is the maintenance margin: entry (1 - 1/L) / (1 - mmr) for a long,
 * entry (1 + 1/L) / (1 + mmr) for a short. Null in a spot account and where no price gets there.
 */
export const liquidationPrice = (config: BacktestConfig, held: Held): number | null => {
  if (config.leverage === null) return null
  const price = bankruptcyPrice(config, held) / (1 - held.side * config.maintenanceMarginRate)
  return price > 0 ? price : null
}

/** Cash that no position has set aside. What an open position has gained or lost does not count. */
export const freeCash = ({ config }: PaperSetup, { cash, position }: PaperAccount): number => {
  if (position === null || (config.leverage === null && position.side > 0)) return cash
  return cash + position.side * position.quantity * position.entryPrice - marginOf(config, position)
}
