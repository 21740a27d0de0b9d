import type { BalanceRecord, FillRecord, OrderRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import { field, instant, list, oneOf, optional, text } from '../frame/index.ts'
import { SIDES } from './market-events.ts'
import { number, signedNumber } from './number-text.ts'
import { pairOf } from './pair.ts'
import { krakenProfile } from './profile.ts'

const { venue } = krakenProfile

const STATUSES = {
  pending_new: 'pending',
  new: 'open',
  partially_filled: 'partially_filled',
  filled: 'filled',
  canceled: 'cancelled',
  expired: 'expired',
} as const

/** Rows of `executions`: the order as far as the row tells it, and the fill where it is one. */
export const executionsOf = (rows: readonly unknown[]): readonly StreamRecord[] =>
  rows.flatMap((row) => [orderOf(row), ...fillsOf(row)])

/** What a row after the first leaves out is null, the pair included. */
const orderOf = (row: unknown): OrderRecord => ({
  type: 'order',
  venue,
  symbol: optional(pairOf, row, 'symbol'),
  exchangeTimeMs: optional(instant, row, 'timestamp'),
  orderId: text(row, 'order_id'),
  clientOrderId: optional(text, row, 'cl_ord_id'),
  status: optional((from, name) => oneOf(from, name, STATUSES), row, 'order_status'),
  side: optional((from, name) => oneOf(from, name, SIDES), row, 'side'),
  orderType: optional(text, row, 'order_type'),
  price: optional(number, row, 'limit_price'),
  amount: optional(number, row, 'order_qty'),
  filledAmount: optional(number, row, 'cum_qty'),
  averagePrice: optional(number, row, 'avg_price'),
  reason: optional(text, row, 'reason'),
})

const MAKER = { m: true, t: false } as const

const fillsOf = (row: unknown): readonly FillRecord[] => {
  if (field(row, 'exec_type') !== 'trade') return []
  const fees = field(row, 'fees') === undefined ? [] : list(row, 'fees')
  return [
    {
      type: 'fill',
      venue,
      symbol: optional(pairOf, row, 'symbol'),
      exchangeTimeMs: optional(instant, row, 'timestamp'),
      tradeId: text(row, 'exec_id'),
      orderId: text(row, 'order_id'),
      clientOrderId: optional(text, row, 'cl_ord_id'),
      side: optional((from, name) => oneOf(from, name, SIDES), row, 'side'),
      price: number(row, 'last_price'),
      amount: number(row, 'last_qty'),
      fees: fees.map((fee) => ({ currency: text(fee, 'asset'), amount: signedNumber(fee, 'qty') })),
      isMaker: optional((from, name) => oneOf(from, name, MAKER), row, 'liquidity_ind'),
    },
  ]
}

export const balancesOf = (rows: readonly unknown[]): readonly BalanceRecord[] =>
  rows.map((row) => ({
    type: 'balance',
    venue,
    symbol: null,
    exchangeTimeMs: optional(instant, row, 'timestamp'),
    currency: text(row, 'asset'),
    free: null,
    locked: null,
    total: signedNumber(row, 'balance'),
    change: optional(signedNumber, row, 'amount'),
  }))
