import type { Account } from '../accounts/account.ts'
import { baseUnits } from '../accounts/matching-engine.ts'
import { formatUnits, MONEY_DECIMALS, shortDecimal } from '../accounts/money.ts'
import type { Fill, Order } from '../accounts/order.ts'
import type { SimulatedMarket } from '../market/market.ts'
import { productOf, wireDecimals } from './frames.ts'

const HEX = 16

/** Shaped as UUIDs; the kind keeps orders and accounts apart. */
const uuidOf = (kind: number, id: number): string =>
  `${kind.toString(HEX).padStart(8, '0')}-0000-4000-8000-${id.toString(HEX).padStart(12, '0')}`
export const orderIdOf = ({ id }: Pick<Order, 'id'>): string => uuidOf(1, id)

export const money = (units: bigint): string => shortDecimal(formatUnits(units, MONEY_DECIMALS))
export const priceText = (market: SimulatedMarket, steps: bigint): string =>
  wireDecimals(market).price(Number(steps))
export const sizeText = (market: SimulatedMarket, steps: bigint): string =>
  wireDecimals(market).size(Number(steps))

export const averagePrice = ({ market, cost, filled }: Order): string =>
  filled === 0n ? '0' : money((cost * 10n ** BigInt(MONEY_DECIMALS)) / baseUnits(market, filled))
export const feesOf = ({ fills }: Order): bigint => fills.reduce((sum, { fee }) => sum + fee, 0n)

export const statusOf = ({ status }: Order): string =>
  ({ open: 'OPEN', filled: 'FILLED', cancelled: 'CANCELLED', expired: 'CANCELLED' })[status]

export const typeOf = ({ type }: Order): string =>
  ({ market: 'MARKET', limit: 'LIMIT', stopLimit: 'STOP_LIMIT', stopLoss: 'STOP_LIMIT' })[type]

export const configurationOf = (order: Order) => {
  const { market, type, timeInForce, price = 0n, stopPrice = 0n, quoteAmount } = order
  const size = { base_size: sizeText(market, order.amount) }
  if (type === 'market')
    return { market_market_ioc: quoteAmount === undefined ? size : { quote_size: money(quoteAmount) } }
  const limit = { ...size, limit_price: priceText(market, price) }
  if (type === 'limit') {
    if (timeInForce === 'IOC') return { sor_limit_ioc: limit }
    if (timeInForce === 'FOK') return { limit_limit_fok: limit }
    return { limit_limit_gtc: { ...limit, post_only: order.postOnly } }
  }
  const stop_direction = order.side === 'buy' ? 'STOP_DIRECTION_STOP_UP' : 'STOP_DIRECTION_STOP_DOWN'
  return { stop_limit_stop_limit_gtc: { ...limit, stop_price: priceText(market, stopPrice), stop_direction } }
}

/** An order as `GET /orders/historical/{id}` tells it. */
export const orderRow = (order: Order) => ({
  order_id: orderIdOf(order),
  client_order_id: order.clientOrderId ?? '',
  product_id: productOf(order.market),
  user_id: 'simulated',
  order_configuration: configurationOf(order),
  side: order.side.toUpperCase(),
  status: statusOf(order),
  time_in_force: { GTC: 'GOOD_UNTIL_CANCELLED', IOC: 'IMMEDIATE_OR_CANCEL', FOK: 'FILL_OR_KILL' }[
    order.timeInForce
  ],
  created_time: new Date(order.createdMs).toISOString(),
  last_fill_time: order.fills.length === 0 ? null : new Date(order.updatedMs).toISOString(),
  completion_percentage: order.amount === 0n ? '0' : String((order.filled * 100n) / order.amount),
  filled_size: sizeText(order.market, order.filled),
  average_filled_price: averagePrice(order),
  number_of_fills: String(order.fills.length),
  filled_value: money(order.cost),
  total_fees: money(feesOf(order)),
  order_type: typeOf(order),
  settled: order.status === 'filled',
  product_type: 'SPOT',
})

export const fillRow = (order: Order, fill: Fill) => ({
  entry_id: String(fill.id),
  trade_id: String(fill.id),
  order_id: orderIdOf(order),
  trade_time: new Date(fill.timeMs).toISOString(),
  trade_type: 'FILL',
  price: priceText(order.market, fill.price),
  size: sizeText(order.market, fill.amount),
  commission: money(fill.fee),
  product_id: productOf(order.market),
  sequence_timestamp: new Date(fill.timeMs).toISOString(),
  liquidity_indicator: fill.isMaker ? 'MAKER' : 'TAKER',
  size_in_quote: false,
  side: order.side.toUpperCase(),
})

export const accountRows = (account: Account) =>
  [...account.balances].map(([currency, { free, held }], at) => ({
    uuid: uuidOf(2, at + 1),
    name: `${currency} Wallet`,
    currency,
    available_balance: { value: money(free), currency },
    default: true,
    active: true,
    type: 'ACCOUNT_TYPE_CRYPTO',
    ready: true,
    hold: { value: money(held), currency },
  }))

/** The older interface knows what an account has, not what is set aside. */
export const walletRows = (account: Account) =>
  [...account.balances].map(([currency, { free, held }], at) => ({
    id: uuidOf(2, at + 1),
    name: `${currency} Wallet`,
    primary: false,
    type: 'wallet',
    currency: { code: currency, name: currency, type: 'crypto' },
    balance: { amount: money(free + held), currency },
  }))

/** An order as the `user` channel tells it: sums so far, and no single fill. */
export const userOrder = (order: Order) => ({
  order_id: orderIdOf(order),
  client_order_id: order.clientOrderId ?? '',
  cumulative_quantity: sizeText(order.market, order.filled),
  leaves_quantity: order.status === 'open' ? sizeText(order.market, order.amount - order.filled) : '0',
  avg_price: averagePrice(order),
  total_fees: money(feesOf(order)),
  status: statusOf(order),
  product_id: productOf(order.market),
  product_type: 'SPOT',
  creation_time: new Date(order.createdMs).toISOString(),
  order_side: order.side.toUpperCase(),
  order_type: typeOf(order),
  limit_price: order.price === undefined ? '' : priceText(order.market, order.price),
  number_of_fills: String(order.fills.length),
  filled_value: money(order.cost),
  cancel_reason: '',
  reject_reason: '',
})
