import type { ExitReason } from '../positions/index.ts'
import type { PaperPosition, ScaleOrder } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { bankruptcyPrice, marginOf } from './margin.ts'
import { minusSteps, takeCapacity } from './participation.ts'
import { closeTrade } from './trade-close.ts'

export interface ExitFill {
  /** Before slippage. */
  readonly reference: number
  readonly quantity: number
  /** False for limits, which fill at their price. */
  readonly slips: boolean
  /** It rested, so it pays the maker fee. */
  readonly isMaker: boolean
  readonly reason: ExitReason
  readonly gap: boolean
}

interface ForcedExit extends ExitFill {
  /** The fee is never more than this. */
  readonly feeLimit: number
}

export const sideName = (side: number): 'long' | 'short' => (side > 0 ? 'long' : 'short')

/** The price an exit gets; a simulated fill rounds towards worse. */
const exitPrice = ({ setup }: BarRun, { side }: PaperPosition, { reference, slips }: ExitFill): number => {
  if (!slips) return reference
  return side * setup.prices.down(side * reference * (1 - side * setup.config.slippageRate))
}

/** An exit that has begun leaves no order that would add to the position. */
const withdrawAdditions = ({ account, events }: BarRun, position: PaperPosition): void => {
  position.scaleIns = []
  const kept = account.entries.filter(({ id }) => id !== position.entryOrderId)
  if (kept.length === account.entries.length) return
  account.entries = kept
  events.push({ kind: 'orderUpdate', side: sideName(position.side), status: 'cancelled' })
}

const fillExit = (run: BarRun, position: PaperPosition, exit: ForcedExit): void => {
  const { setup, account } = run
  const { side } = position
  const { quantity } = exit
  const price = exitPrice(run, position, exit)
  const rate = exit.isMaker ? setup.makerFeeRate : setup.config.feeRate
  const fee = Math.min(rate * quantity * price, exit.feeLimit)
  account.cash += side * quantity * price - fee
  run.pathCash = run.pathCash + side * quantity * price - fee
  position.fees += fee
  position.proceeds += quantity * price
  position.slippage += quantity * Math.abs(price - exit.reference)
  position.quantity = minusSteps(setup.quantities, position.quantity, quantity)
  const { reason } = exit
  const part = { leg: 'exit', price, quantity, fee, reason } as const
  position.fills.push({ ...part, index: run.index })
  run.events.push({ ...part, kind: 'fill', side: sideName(side), held: position.quantity })
  withdrawAdditions(run, position)
  if (position.quantity === 0) closeTrade(run, position, exit)
}

/** Sells (a short: buys back) up to `quantity`, as far as the bar's volume goes; returns what was filled. */
export const exitPart = (run: BarRun, position: PaperPosition, exit: ExitFill): number => {
  const quantity = takeCapacity(run, exit.quantity)
  if (quantity > 0) fillExit(run, position, { ...exit, quantity, feeLimit: Infinity })
  return quantity
}

interface PartialTarget {
  readonly order: ScaleOrder
  /** Tries to sell a quantity at a price and returns what was sold. */
  readonly fill: (price: number, quantity: number) => number
}

/** Fills what is left of a partial target, and forgets it when it is done. */
export const takeScaleOut = (run: BarRun, position: PaperPosition, { order, fill }: PartialTarget): void => {
  const sold = fill(order.price, Math.min(order.quantity, position.quantity))
  order.quantity = minusSteps(run.setup.quantities, order.quantity, sold)
  if (order.quantity === 0) position.scaleOuts = position.scaleOuts.filter((other) => other !== order)
}

export interface MarketExit {
  readonly reference: number
  readonly reason: ExitReason
  readonly gap: boolean
}

/** Leaves at market with slippage. What the volume does not cover follows at the next opens. */
export const exitMarket = (run: BarRun, position: PaperPosition, exit: MarketExit): void => {
  exitPart(run, position, { ...exit, quantity: position.quantity, slips: true, isMaker: false })
  if (position.quantity === 0) return
  withdrawAdditions(run, position)
  position.scaleOuts = []
  position.closing = { reason: exit.reason, gap: exit.gap }
}

/** Leaves at market whatever the volume: the end of the data, or of the account. */
export const exitAll = (run: BarRun, position: PaperPosition, exit: MarketExit): void => {
  const { quantity } = position
  fillExit(run, position, { ...exit, quantity, slips: true, isMaker: false, feeLimit: Infinity })
}

/**
 * Closes an isolated position at the price that was reached, without slippage and whatever the volume. The loss, fee
 * included, is at most the margin: a gap beyond the bankruptcy price fills there.
 */
export const liquidate = (
  run: BarRun,
  position: PaperPosition,
  exit: Pick<MarketExit, 'reference' | 'gap'>,
): void => {
  const { side, quantity, entryPrice } = position
  const { config } = run.setup
  const worst = bankruptcyPrice(config, position)
  const price = side * exit.reference < side * worst ? worst : exit.reference
  const loss = side * quantity * (entryPrice - price)
  fillExit(run, position, {
    reference: price,
    quantity,
    slips: false,
    isMaker: false,
    reason: 'liquidation',
    gap: exit.gap,
    feeLimit: Math.max(0, marginOf(config, position) - loss),
  })
}
