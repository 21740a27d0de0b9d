import type { OrderRecord } from '@botcriptofy/contracts/stream'
import { decimal, list, oneOf, optional, text } from '../frame/index.ts'
import type { Envelope } from './envelope.ts'
import { isSpot, symbolOf } from './product-id.ts'
import { coinbaseProfile } from './profile.ts'

const STATUSES = {
  PENDING: 'pending',
  QUEUED: 'pending',
  OPEN: 'open',
  CANCEL_QUEUED: 'open',
  EDIT_QUEUED: 'open',
  FILLED: 'filled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  FAILED: 'rejected',
} as const
const SIDES = { BUY: 'buy', SELL: 'sell' } as const

/** Orders as they stand now; single fills are not told and are found by what the sums have grown. */
export const ordersOf = (event: unknown, { timeMs }: Envelope): readonly OrderRecord[] =>
  (optional(list, event, 'orders') ?? []).filter(isSpot).map((row) => {
    const status = oneOf(row, 'status', STATUSES)
    const filledAmount = decimal(row, 'cumulative_quantity')
    const isPart = status === 'open' && Number(filledAmount) > 0
    return {
      type: 'order',
      venue: coinbaseProfile.venue,
      symbol: symbolOf(row, 'product_id'),
      exchangeTimeMs: timeMs,
      orderId: text(row, 'order_id'),
      clientOrderId: optional(text, row, 'client_order_id'),
      status: isPart ? 'partially_filled' : status,
      side: oneOf(row, 'order_side', SIDES),
      orderType: optional(text, row, 'order_type')?.toLowerCase() ?? null,
      price: optional(decimal, row, 'limit_price'),
      amount: null,
      filledAmount,
      averagePrice: optional(decimal, row, 'avg_price'),
      reason: optional(text, row, 'reject_reason') ?? optional(text, row, 'cancel_reason'),
    }
  })
