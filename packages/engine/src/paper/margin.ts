import type { Direction } from './account.ts'
import type { BarRun } from './bar-run.ts'
import type { BacktestConfig } from './config.ts'

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

/** What a position leaves free of the cash; a long of a spot account has paid for itself. */
const freeBeside = (cash: number, config: BacktestConfig, held: Held): number =>
  config.leverage === null && held.side > 0
    ? cash
    : cash + held.side * held.quantity * held.entryPrice - marginOf(config, held)

/** Cash that no position has set aside. What an open position has gained or lost does not count. */
export const freeCash = ({ setup: { config }, account, others }: BarRun): number => {
  const { cash, position } = account
  const own = position === null ? cash : freeBeside(cash, config, position)
  return others().reduce((free, other) => freeBeside(free, config, other.position), own)
}
