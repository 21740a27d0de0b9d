import type { Account } from '../accounts/account.ts'
import { quoteUnits, type OrderEvent } from '../accounts/matching-engine.ts'
import {
  amountText,
  balanceRows,
  clientIdOf,
  money,
  originalAmount,
  priceText,
  statusOf,
  typeOf,
} from './orders.ts'

const EXECUTIONS = { new: 'NEW', fill: 'TRADE', cancelled: 'CANCELED', expired: 'EXPIRED' } as const

/** An `executionReport` (user-data-stream.md). */
export const executionReport = ({ order, change, fill }: OrderEvent) => {
  const { market } = order
  const isCancelled = change === 'cancelled'
  return {
    e: 'executionReport',
    E: order.updatedMs,
    s: market.native,
    // A cancellation has an id of its own.
    c: isCancelled ? `cancel-${order.id}` : clientIdOf(order),
    S: order.side.toUpperCase(),
    o: typeOf(order),
    f: order.timeInForce,
    q: amountText(market, originalAmount(order)),
    p: priceText(market, order.price),
    P: priceText(market, order.stopPrice),
    F: '0.00000000',
    g: -1,
    C: isCancelled ? clientIdOf(order) : '',
    x: EXECUTIONS[change],
    X: statusOf(order),
    r: 'NONE',
    i: order.id,
    l: amountText(market, fill?.amount ?? 0n),
    z: amountText(market, order.filled),
    L: priceText(market, fill?.price),
    n: money(fill?.fee ?? 0n),
    N: fill?.feeAsset ?? null,
    T: fill?.timeMs ?? order.updatedMs,
    t: fill?.id ?? -1,
    I: fill?.id ?? order.id,
    w: order.status === 'open' && !order.isWaiting,
    m: fill?.isMaker ?? false,
    M: false,
    O: order.createdMs,
    Z: money(order.cost),
    Y: money(fill === undefined ? 0n : quoteUnits(market, fill.price, fill.amount)),
    Q: money(order.quoteAmount ?? 0n),
    V: 'NONE',
  }
}

export const accountPosition = (account: Account, timeMs: number) => ({
  e: 'outboundAccountPosition',
  E: timeMs,
  u: timeMs,
  B: balanceRows(account).map(({ asset, free, locked }) => ({ a: asset, f: free, l: locked })),
})
