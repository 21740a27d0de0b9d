import type { Account } from '../accounts/account.ts'
import { baseUnits, type OrderEvent, quoteUnits } from '../accounts/matching-engine.ts'
import type { Order } from '../accounts/order.ts'
import {
  averagePrice,
  feesOf,
  numberText,
  orderTypeOf,
  originalVolume,
  priceText,
  symbolOf,
  tradeIdOf,
  txidOf,
  volumeText,
} from './orders.ts'
import { wireTime } from './numbers.ts'

const TYPES = { new: 'new', fill: 'trade', cancelled: 'canceled', expired: 'expired' } as const

const statusOf = ({ status, filled }: Order): string => {
  if (status === 'open') return filled > 0n ? 'partially_filled' : 'new'
  return { filled: 'filled', cancelled: 'canceled', expired: 'expired' }[status]
}

/** Members of a JSON object; numbers are given as text, so that no double rounds them. */
const objectOf = (members: Readonly<Record<string, string | undefined>>): string =>
  `{${Object.entries(members)
    .flatMap(([name, value]) => (value === undefined ? [] : [`"${name}":${value}`]))
    .join(',')}}`
const quoted = (text: string): string => JSON.stringify(text)

/** A row of `executions`: the order as it is after the event, and the trade where it is one. */
export const executionRow = ({ order, change, fill }: OrderEvent): string => {
  const { market } = order
  const trade = fill && {
    exec_id: quoted(tradeIdOf(fill)),
    trade_id: String(fill.id),
    last_qty: volumeText(market, fill.amount),
    last_price: priceText(market, fill.price),
    cost: numberText(quoteUnits(market, fill.price, fill.amount)),
    liquidity_ind: quoted(fill.isMaker ? 'm' : 't'),
    fees: `[${objectOf({ asset: quoted(fill.feeAsset), qty: numberText(fill.fee) })}]`,
  }
  return objectOf({
    order_id: quoted(txidOf(order)),
    cl_ord_id: order.clientOrderId === undefined ? undefined : quoted(order.clientOrderId),
    order_userref: order.userRef === undefined ? undefined : String(order.userRef),
    symbol: quoted(symbolOf(order)),
    side: quoted(order.side),
    order_type: quoted(orderTypeOf(order)),
    time_in_force: quoted(order.timeInForce),
    order_qty: volumeText(market, originalVolume(order)),
    limit_price: order.price === undefined ? undefined : priceText(market, order.price),
    exec_type: quoted(TYPES[change]),
    order_status: quoted(statusOf(order)),
    cum_qty: volumeText(market, order.filled),
    cum_cost: numberText(order.cost),
    avg_price: priceText(market, averagePrice(order)),
    fee_usd_equiv: numberText(feesOf(order)),
    ...trade,
    timestamp: quoted(wireTime(order.updatedMs)),
  })
}

export const privateFrame = (
  channel: 'executions' | 'balances',
  {
    type,
    rows,
    sequence,
  }: { readonly type: 'snapshot' | 'update'; readonly rows: readonly string[]; readonly sequence: number },
): string => `{"channel":"${channel}","type":"${type}","data":[${rows.join(',')}],"sequence":${sequence}}`

export const balanceSnapshotRows = (account: Account): readonly string[] =>
  [...account.balances].map(([asset, { free, held }]) =>
    objectOf({ asset: quoted(asset), asset_class: quoted('currency'), balance: numberText(free + held) }),
  )

/** What a fill changes: a row for what was paid, and one for what was received. */
export const balanceRowsOf = ({ account, order, fill }: OrderEvent): readonly string[] => {
  if (fill === undefined) return []
  const { market, side } = order
  const goods = numberText(baseUnits(market, fill.amount))
  const value = numberText(quoteUnits(market, fill.price, fill.amount))
  const row = (asset: string, amount: string, fee: string) => {
    const { free = 0n, held = 0n } = account.balances.get(asset) ?? {}
    return objectOf({
      ledger_id: quoted(`L${fill.id}-${asset}`),
      ref_id: quoted(tradeIdOf(fill)),
      timestamp: quoted(wireTime(fill.timeMs)),
      type: quoted('trade'),
      asset: quoted(asset),
      asset_class: quoted('currency'),
      wallet_type: quoted('spot'),
      wallet_id: quoted('main'),
      amount,
      fee,
      balance: numberText(free + held),
    })
  }
  const isBuy = side === 'buy'
  return [
    row(market.base, isBuy ? goods : `-${goods}`, '0'),
    row(market.quote, isBuy ? `-${value}` : value, numberText(fill.fee)),
  ]
}
