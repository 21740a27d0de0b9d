import type { Account } from '../accounts/account.ts'
import { quoteUnits } from '../accounts/matching-engine.ts'
import { formatUnits, MONEY_DECIMALS } from '../accounts/money.ts'
import type { Fill, Order } from '../accounts/order.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import { wireNumbers } from './numbers.ts'

const BALANCE_DECIMALS = 10

export const txidOf = ({ id }: Pick<Order, 'id'>): string =>
  `O${String(id).padStart(5, '0')}-SIMUL-${id.toString(36).toUpperCase().padStart(6, '0')}`
export const tradeIdOf = ({ id }: Fill): string => `T${String(id).padStart(10, '0')}-SIMUL-FILLED`

export const priceText = (market: SimulatedMarket, steps = 0n): string =>
  wireNumbers(market).price(Number(steps))
export const volumeText = (market: SimulatedMarket, steps: bigint): string =>
  wireNumbers(market).qty(Number(steps))
export const money = (units: bigint): string => formatUnits(units, BALANCE_DECIMALS)

/** In price steps; 0 while nothing is filled. */
export const averagePrice = ({ market, cost, filled }: Order): bigint =>
  filled === 0n ? 0n : cost / quoteUnits(market, 1n, filled)

export const feesOf = ({ fills }: Order): bigint => fills.reduce((sum, { fee }) => sum + fee, 0n)

const ORDER_TYPES = {
  market: 'market',
  limit: 'limit',
  stopLoss: 'stop-loss',
  stopLimit: 'stop-loss-limit',
} as const
export const orderTypeOf = ({ type }: Pick<Order, 'type'>): string => ORDER_TYPES[type]

const statusOf = ({ status }: Order): string =>
  ({ open: 'open', filled: 'closed', cancelled: 'canceled', expired: 'expired' })[status]

export const originalVolume = (order: Order): bigint =>
  order.quoteAmount === undefined ? order.amount : order.filled

/** What was ordered, in words. */
export const describeOrder = (order: Order): string => {
  const { market, side, price } = order
  const limit = price === undefined ? '' : ` ${priceText(market, price)}`
  return `${side} ${volumeText(market, originalVolume(order))} ${market.native} @ ${orderTypeOf(order)}${limit}`
}

/** An order as `QueryOrders` tells it. */
export const orderRow = (order: Order) => {
  const { market, price, stopPrice, status } = order
  const [first, second] = stopPrice === undefined ? [price, undefined] : [stopPrice, price]
  return {
    refid: null,
    userref: order.userRef ?? null,
    ...(order.clientOrderId !== undefined && { cl_ord_id: order.clientOrderId }),
    status: statusOf(order),
    opentm: order.createdMs / 1000,
    starttm: 0,
    expiretm: 0,
    descr: {
      pair: market.native,
      type: order.side,
      ordertype: orderTypeOf(order),
      price: priceText(market, first),
      price2: priceText(market, second),
      leverage: 'none',
      order: describeOrder(order),
      close: '',
    },
    vol: volumeText(market, originalVolume(order)),
    vol_exec: volumeText(market, order.filled),
    cost: money(order.cost),
    fee: money(feesOf(order)),
    price: priceText(market, averagePrice(order)),
    stopprice: priceText(market, stopPrice),
    limitprice: priceText(market, price),
    misc: '',
    oflags: order.postOnly ? 'fciq,post' : 'fciq',
    trades: order.fills.map(tradeIdOf),
    ...(status !== 'open' && {
      closetm: order.updatedMs / 1000,
      reason: status === 'cancelled' ? 'User requested' : null,
    }),
  }
}

/** A fill as `TradesHistory` tells it. */
export const fillRow = (order: Order, fill: Fill) => ({
  ordertxid: txidOf(order),
  postxid: '',
  pair: order.market.native,
  time: fill.timeMs / 1000,
  type: order.side,
  ordertype: orderTypeOf(order),
  price: priceText(order.market, fill.price),
  cost: money(quoteUnits(order.market, fill.price, fill.amount)),
  fee: money(fill.fee),
  vol: volumeText(order.market, fill.amount),
  margin: '0.00000',
  misc: '',
  trade_id: fill.id,
  maker: fill.isMaker,
})

export const balanceRows = (account: Account) =>
  Object.fromEntries(
    [...account.balances].map(([asset, { free, held }]) => [
      asset,
      { balance: money(free + held), hold_trade: money(held) },
    ]),
  )

export const totalRows = (account: Account) =>
  Object.fromEntries([...account.balances].map(([asset, { free, held }]) => [asset, money(free + held)]))

/** As WebSocket v2 writes it: a number of JSON. */
export const numberText = (units: bigint): string => {
  const text = formatUnits(units, MONEY_DECIMALS)
  return text.replace(/\.?0+$/, '') || '0'
}

export const symbolOf = ({ market }: Order): string => pairOf(market)
