import type { Account } from '../accounts/account.ts'
import { baseUnits } from '../accounts/matching-engine.ts'
import { formatUnits } from '../accounts/money.ts'
import type { Fill, Order } from '../accounts/order.ts'
import type { SimulatedMarket } from '../market/market.ts'
import { wireFormat } from './frames.ts'

/** How orders, fills and balances are written by this exchange: decimals with eight places. */
export const money = (units: bigint): string => formatUnits(units, 8)
export const amountText = (market: SimulatedMarket, steps: bigint): string => money(baseUnits(market, steps))
export const priceText = (market: SimulatedMarket, steps = 0n): string =>
  wireFormat(market).price(Number(steps))

export const clientIdOf = (order: Order): string => order.clientOrderId ?? `auto-${order.id}`

/** An order that spends an amount of money says afterwards how much it got. */
export const originalAmount = (order: Order): bigint =>
  order.quoteAmount === undefined ? order.amount : order.filled

export const statusOf = (order: Order): string => {
  if (order.status === 'open') return order.filled > 0n ? 'PARTIALLY_FILLED' : 'NEW'
  return { filled: 'FILLED', cancelled: 'CANCELED', expired: 'EXPIRED' }[order.status]
}

export const typeOf = ({ type, postOnly }: Order): string =>
  postOnly
    ? 'LIMIT_MAKER'
    : { limit: 'LIMIT', market: 'MARKET', stopLoss: 'STOP_LOSS', stopLimit: 'STOP_LOSS_LIMIT' }[type]

/** An order as `GET /api/v3/order` tells it. */
export const orderRow = (order: Order) => {
  const { market } = order
  return {
    symbol: market.native,
    orderId: order.id,
    orderListId: -1,
    clientOrderId: clientIdOf(order),
    price: priceText(market, order.price),
    origQty: amountText(market, originalAmount(order)),
    executedQty: amountText(market, order.filled),
    cummulativeQuoteQty: money(order.cost),
    status: statusOf(order),
    timeInForce: order.timeInForce === 'IOC' && order.type === 'market' ? 'GTC' : order.timeInForce,
    type: typeOf(order),
    side: order.side.toUpperCase(),
    stopPrice: priceText(market, order.stopPrice),
    icebergQty: '0.00000000',
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: !order.isWaiting,
    workingTime: order.createdMs,
    origQuoteOrderQty: money(order.quoteAmount ?? 0n),
    selfTradePreventionMode: 'NONE',
  }
}

/** The answer to an order that was taken, with what was filled at once. */
export const placedRow = (order: Order) => ({
  ...orderRow(order),
  transactTime: order.createdMs,
  fills: order.fills.map((fill) => ({
    price: priceText(order.market, fill.price),
    qty: amountText(order.market, fill.amount),
    commission: money(fill.fee),
    commissionAsset: fill.feeAsset,
    tradeId: fill.id,
  })),
})

export const cancelledRow = (order: Order) => ({
  ...orderRow(order),
  origClientOrderId: clientIdOf(order),
  clientOrderId: `cancel-${order.id}`,
  transactTime: order.updatedMs,
})

export const fillRow = (order: Order, fill: Fill, quote: string) => ({
  symbol: order.market.native,
  id: fill.id,
  orderId: order.id,
  orderListId: -1,
  price: priceText(order.market, fill.price),
  qty: amountText(order.market, fill.amount),
  quoteQty: quote,
  commission: money(fill.fee),
  commissionAsset: fill.feeAsset,
  time: fill.timeMs,
  isBuyer: order.side === 'buy',
  isMaker: fill.isMaker,
  isBestMatch: true,
})

export const balanceRows = (account: Account) =>
  [...account.balances].map(([asset, { free, held }]) => ({ asset, free: money(free), locked: money(held) }))
