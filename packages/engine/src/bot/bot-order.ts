import type { Effect, FillEvent, OrderPrices, OrderUpdateEvent, Side } from '../orders/index.ts'
import type { PaperAccount } from '../paper/index.ts'
import type { ExitReason } from '../positions/index.ts'

export const BOT_ORDER_STATUSES = [
  'intent',
  'sent',
  'acknowledged',
  'partially_filled',
  'filled',
  'cancelled',
  'expired',
  'denied',
  'rejected',
  'unknown',
] as const
export type BotOrderStatus = (typeof BOT_ORDER_STATUSES)[number]

/**
 * An order of a bot's run. `seq` counts them from 1 and is what its client order id is made of; together with leg and
 * `n` the signal names it too, so that the same decision never becomes two orders. Prices and money are in quote units.
 */
export interface BotOrder {
  readonly seq: number
  /** Open of the bar that decided, epoch ms. */
  readonly signalTime: number
  readonly leg: 'entry' | 'exit'
  /** The number of the order among those of its signal and leg. */
  readonly n: number
  /** Side of the position, not of the order. */
  readonly side: Side
  /** What the venue itself keeps at work for a position (a stop, a target, a step of a ladder) is `protective`. */
  readonly kind: OrderPrices['kind'] | 'protective'
  readonly stopPrice: number | null
  readonly limitPrice: number | null
  reason: ExitReason | null
  status: BotOrderStatus
  /** Why it was denied. */
  code: string | null
  /** Filled so far, base units, and what was paid for it. */
  quantity: number
  cost: number
  fees: number
}

/** The orders of a run that have not ended, and how many there were. */
export interface OrderBook {
  lastSeq: number
  /** How many orders the newest signal had, by leg. */
  signal: { readonly time: number; entry: number; exit: number }
  working: BotOrder[]
}

export const emptyOrderBook = (): OrderBook => ({
  lastSeq: 0,
  signal: { time: 0, entry: 0, exit: 0 },
  working: [],
})

/** Of the orders a bar touched. */
export type TouchedOrders = Map<number, BotOrder>

export interface OrderDesk {
  readonly book: OrderBook
  readonly touched: TouchedOrders
  /** Open of the bar at whose close is decided, epoch ms. */
  readonly signalTime: number
}

type NewOrder = Pick<BotOrder, 'leg' | 'side' | 'kind' | 'stopPrice' | 'limitPrice' | 'reason' | 'status'>

const open = ({ book, touched, signalTime }: OrderDesk, order: NewOrder): BotOrder => {
  if (book.signal.time !== signalTime) book.signal = { time: signalTime, entry: 0, exit: 0 }
  const opened = {
    seq: ++book.lastSeq,
    signalTime,
    n: ++book.signal[order.leg],
    ...order,
    code: null,
    quantity: 0,
    cost: 0,
    fees: 0,
  }
  book.working.push(opened)
  touched.set(opened.seq, opened)
  return opened
}

const MARKET = { kind: 'market', stopPrice: null, limitPrice: null, status: 'acknowledged' } as const

/** The paper venue takes an order in the same step, so it is acknowledged as soon as it is there. */
export const noteOrder = (desk: OrderDesk, effect: Effect, side: Side): BotOrder | undefined => {
  if (effect.kind === 'cancel') return undefined
  if (effect.kind === 'exit') return open(desk, { ...MARKET, leg: 'exit', side, reason: effect.reason })
  const { order } = effect
  return open(desk, {
    leg: 'entry',
    side: effect.side,
    kind: order.kind,
    stopPrice: 'stopPrice' in order ? order.stopPrice : null,
    limitPrice: 'limitPrice' in order ? order.limitPrice : null,
    reason: null,
    status: 'acknowledged',
  })
}

const ORDERED_EXITS: readonly (ExitReason | null)[] = ['signal', 'reverse', 'time_exit']

/** The order that filled: one that was sent, else one that the venue kept at work. */
export const noteFill = (desk: OrderDesk, fill: FillEvent): BotOrder => {
  const { leg, side, reason } = fill
  const isOrdered = leg === 'entry' || ORDERED_EXITS.includes(reason)
  const working = desk.book.working.find((order) => order.leg === leg && order.side === side)
  const order =
    (isOrdered ? working : undefined) ?? open(desk, { ...MARKET, leg, side, reason, kind: 'protective' })
  order.quantity += fill.quantity
  order.cost += fill.quantity * fill.price
  order.fees += fill.fee
  order.status = 'partially_filled'
  desk.touched.set(order.seq, order)
  return order
}

export const noteOrderEnd = (desk: OrderDesk, event: OrderUpdateEvent): BotOrder | undefined => {
  const order = desk.book.working.find(({ leg, side }) => leg === 'entry' && side === event.side)
  if (order === undefined) return undefined
  order.status = event.status
  order.code = event.status === 'denied' ? event.code : null
  desk.touched.set(order.seq, order)
  return order
}

const ENDED: readonly BotOrderStatus[] = ['filled', 'cancelled', 'expired', 'denied', 'rejected']

const isAtVenue = ({ leg, side, kind }: BotOrder, account: PaperAccount): boolean => {
  if (kind === 'protective') return false
  if (leg === 'entry') return account.entries.some((entry) => entry.side > 0 === (side === 'long'))
  return account.exit !== null || account.position?.closing != null
}

/** At the end of a bar: what the venue no longer has is filled or, without a fill, withdrawn. */
export const settleOrders = ({ book, touched }: OrderDesk, account: PaperAccount): void => {
  for (const order of book.working) {
    if (ENDED.includes(order.status) || isAtVenue(order, account)) continue
    order.status = order.quantity > 0 ? 'filled' : 'cancelled'
    touched.set(order.seq, order)
  }
  book.working = book.working.filter(({ status }) => !ENDED.includes(status))
}
