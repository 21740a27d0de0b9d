import { type EnterEffect, isPrice, type OrderPrices, type VenueEvent } from '../orders/index.ts'
import type { CancelOrder, Direction, EntryOrder, PaperAccount } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { sideName } from './exit-fill.ts'
import type { PaperSetup } from './setup.ts'

const pricesOf = (order: OrderPrices): readonly number[] => {
  switch (order.kind) {
    case 'market':
      return []
    case 'limit':
      return [order.limitPrice]
    case 'stop':
      return [order.stopPrice]
    case 'stop_limit':
    case 'oco':
      return [order.stopPrice, order.limitPrice]
  }
}

interface Placing {
  readonly effect: EnterEffect
  readonly eligibleFrom: number
}

/** Puts an entry order into the book. One whose prices are no prices is cancelled at once. */
export const placeEntry = (
  { prices }: PaperSetup,
  account: PaperAccount,
  { effect, eligibleFrom }: Placing,
): readonly VenueEvent[] => {
  const { order, expireBars, sizing, signalClose } = effect
  if (!pricesOf(order).every(isPrice)) {
    return [{ kind: 'orderUpdate', side: effect.side, status: 'cancelled' }]
  }
  const side: Direction = effect.side === 'long' ? 1 : -1
  account.entries.push({
    id: account.nextOrderId++,
    side,
    kind: order.kind,
    stopPrice: 'stopPrice' in order ? side * prices.up(side * order.stopPrice) : null,
    limitPrice: 'limitPrice' in order ? side * prices.down(side * order.limitPrice) : null,
    sizing,
    signalClose,
    eligibleFrom,
    expiresAt: expireBars === null ? null : eligibleFrom + expireBars,
    isResting: false,
    remaining: null,
  })
  return []
}

const end = (
  { account, events }: BarRun,
  status: 'cancelled' | 'expired',
  ends: (o: EntryOrder) => boolean,
) => {
  for (const order of account.entries) {
    if (ends(order)) events.push({ kind: 'orderUpdate', side: sideName(order.side), status })
  }
  account.entries = account.entries.filter((order) => !ends(order))
}

/** Cancels and expiries that take effect at this open. */
export const withdrawEntries = (run: BarRun): void => {
  const { account, index } = run
  if (account.entries.length > 0) {
    const isDue = ({ eligibleFrom }: CancelOrder): boolean => eligibleFrom <= index
    const beforeId = Math.max(0, ...account.cancels.filter(isDue).map((cancel) => cancel.beforeId))
    end(run, 'cancelled', ({ id }) => id < beforeId)
    end(run, 'expired', ({ expiresAt }) => expiresAt !== null && expiresAt <= index)
  }
  if (account.cancels.length > 0) {
    account.cancels = account.cancels.filter(({ eligibleFrom }) => eligibleFrom > index)
  }
}

/** An entry fills while the account is flat, or adds what is left of it to the position that it opened. */
export const mayFill = ({ account, index }: BarRun, order: EntryOrder): boolean => {
  if (order.eligibleFrom > index) return false
  const { position } = account
  return position === null || (position.entryOrderId === order.id && position.closing === null)
}
