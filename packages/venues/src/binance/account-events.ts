import type { BalanceRecord, FillRecord, OrderRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import {
  decimal,
  field,
  flag,
  list,
  oneOf,
  optional,
  signedDecimal,
  text,
  wholeNumber,
} from '../frame/index.ts'
import { epochMs } from './epoch.ts'
import { symbolOf } from './market-events.ts'
import { binanceProfile } from './profile.ts'
import type { SymbolNames } from './symbols.ts'

const { venue } = binanceProfile

const ACCOUNT_EVENTS = ['executionReport', 'outboundAccountPosition', 'balanceUpdate', 'listStatus'] as const
export type AccountEvent = (typeof ACCOUNT_EVENTS)[number]

export const isAccountEvent = (kind: unknown): kind is AccountEvent =>
  ACCOUNT_EVENTS.some((known) => known === kind)

interface OwnEvent {
  readonly event: unknown
  readonly symbols: SymbolNames
}

/** An event of the user data stream (user-data-stream.md). */
export const decodeAccountEvent = (kind: AccountEvent, own: OwnEvent): readonly StreamRecord[] => {
  switch (kind) {
    case 'executionReport':
      return [decodeOrder(own), ...decodeFill(own)]
    case 'outboundAccountPosition':
      return list(own.event, 'B').map((row) => decodeBalance(own.event, row))
    case 'balanceUpdate':
      return [decodeChange(own.event)]
    case 'listStatus':
      return list(own.event, 'O').map((row) => decodeListed(own, row))
  }
}

const STATUSES = {
  NEW: 'open',
  PENDING_NEW: 'pending',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  PENDING_CANCEL: 'open',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
} as const
const SIDES = { BUY: 'buy', SELL: 'sell' } as const

/** On a cancellation `c` names the cancellation, and the order's own client id is `C`. */
const clientOrderIdOf = (event: unknown): string => optional(text, event, 'C') ?? text(event, 'c')

const decodeOrder = ({ event, symbols }: OwnEvent): OrderRecord => {
  const reason = optional(text, event, 'r')
  return {
    type: 'order',
    venue,
    symbol: symbolOf(event, symbols),
    exchangeTimeMs: epochMs(event, 'T'),
    orderId: String(wholeNumber(event, 'i')),
    clientOrderId: clientOrderIdOf(event),
    status: oneOf(event, 'X', STATUSES),
    side: oneOf(event, 'S', SIDES),
    orderType: text(event, 'o').toLowerCase(),
    price: decimal(event, 'p'),
    amount: decimal(event, 'q'),
    filledAmount: decimal(event, 'z'),
    averagePrice: null,
    reason: reason === 'NONE' ? null : reason,
  }
}

const decodeFill = ({ event, symbols }: OwnEvent): FillRecord[] => {
  if (field(event, 'x') !== 'TRADE') return []
  const currency = optional(text, event, 'N')
  return [
    {
      type: 'fill',
      venue,
      symbol: symbolOf(event, symbols),
      exchangeTimeMs: epochMs(event, 'T'),
      tradeId: String(wholeNumber(event, 't')),
      orderId: String(wholeNumber(event, 'i')),
      clientOrderId: clientOrderIdOf(event),
      side: oneOf(event, 'S', SIDES),
      price: decimal(event, 'L'),
      amount: decimal(event, 'l'),
      fees: currency === null ? [] : [{ currency, amount: signedDecimal(event, 'n') }],
      isMaker: flag(event, 'm'),
    },
  ]
}

const decodeBalance = (event: unknown, row: unknown): BalanceRecord => ({
  type: 'balance',
  venue,
  symbol: null,
  exchangeTimeMs: epochMs(event, 'E'),
  currency: text(row, 'a'),
  free: signedDecimal(row, 'f'),
  locked: signedDecimal(row, 'l'),
  total: null,
  change: null,
})

const decodeChange = (event: unknown): BalanceRecord => ({
  type: 'balance',
  venue,
  symbol: null,
  exchangeTimeMs: epochMs(event, 'E'),
  currency: text(event, 'a'),
  free: null,
  locked: null,
  total: null,
  change: signedDecimal(event, 'd'),
})

/** The list of an OCO names its orders; each has execution reports of its own that say the rest. */
const decodeListed = ({ event, symbols }: OwnEvent, row: unknown): OrderRecord => ({
  type: 'order',
  venue,
  symbol: symbolOf(row, symbols),
  exchangeTimeMs: epochMs(event, 'T'),
  orderId: String(wholeNumber(row, 'i')),
  clientOrderId: text(row, 'c'),
  status: null,
  side: null,
  orderType: null,
  price: null,
  amount: null,
  filledAmount: null,
  averagePrice: null,
  reason: null,
})
