import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import { type MatchingEngine, quoteUnits } from '../accounts/matching-engine.ts'
import { type Order, OrderRefused } from '../accounts/order.ts'
import { readOrder } from './order-request.ts'
import { balanceRows, cancelledRow, clientIdOf, fillRow, money, orderRow, placedRow } from './orders.ts'
import { type MarketsByName, marketOf, parse, Refusal } from './refusal.ts'
import { readSigned, type SignedOptions } from './signature.ts'

export interface BinanceAccountOptions extends SignedOptions {
  readonly markets: MarketsByName
  readonly engine: MatchingEngine
  readonly nowMs: () => number
}

interface Signed {
  readonly account: Account
  readonly params: Readonly<Record<string, string>>
}

const whole = z.coerce.number().int().nonnegative()
const limit = z.coerce.number().int().min(1).max(1000).default(500)
const orderQuery = z.object({
  symbol: z.string(),
  orderId: whole.optional(),
  origClientOrderId: z.string().optional(),
})
const listQuery = z.object({
  symbol: z.string(),
  orderId: whole.optional(),
  fromId: whole.optional(),
  startTime: whole.optional(),
  endTime: whole.optional(),
  limit,
})

/** The signed calls of Binance spot: balances, orders and own trades. */
export const registerBinanceAccount = (app: FastifyInstance, options: BinanceAccountOptions): void => {
  const { markets, engine, nowMs } = options
  const answer = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    act: (signed: Signed) => unknown,
  ): void => {
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        return act(readSigned(request, options))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return reply.code(error.status).send({ code: error.code, msg: error.message })
      }
    }
    app.route({ method, url: `/api/v3/${path}`, handler })
  }
  answer('GET', 'account', ({ account }) => accountInfo(account, nowMs()))
  answer('POST', 'order', ({ account, params }) => {
    const request = readOrder(markets, params)
    const isTaken = account.openOrders().some((order) => clientIdOf(order) === request.clientOrderId)
    if (isTaken) throw new Refusal(-2010, 'Duplicate order sent.')
    return placedRow(refusing(() => engine.place(account, request)))
  })
  answer('GET', 'order', ({ account, params }) => orderRow(findOrder({ account, params }, markets)))
  answer('DELETE', 'order', (signed) => {
    const order = findOrder(signed, markets, new Refusal(-2011, 'Unknown order sent.'))
    refusing(() => engine.cancel(signed.account, order))
    return cancelledRow(order)
  })
  answer('GET', 'openOrders', ({ account, params }) =>
    account
      .openOrders()
      .filter(({ market }) => params['symbol'] === undefined || market.native === params['symbol'])
      .map(orderRow),
  )
  answer('DELETE', 'openOrders', ({ account, params }) => {
    const market = marketOf(markets, params['symbol'] ?? '')
    const open = account.openOrders().filter((order) => order.market === market)
    for (const order of open) engine.cancel(account, order)
    return open.map(cancelledRow)
  })
  answer('GET', 'allOrders', (signed) => {
    const asked = parse(listQuery, signed.params)
    const isMeant = ({ id, createdMs }: Order) =>
      id >= (asked.orderId ?? 0) &&
      createdMs >= (asked.startTime ?? 0) &&
      createdMs <= (asked.endTime ?? createdMs)
    return ordersOf(signed, markets).filter(isMeant).slice(-asked.limit).map(orderRow)
  })
  answer('GET', 'myTrades', (signed) => myTrades(signed, markets))
}

const accountInfo = (account: Account, nowMs: number) => ({
  makerCommission: 10,
  takerCommission: 10,
  buyerCommission: 0,
  sellerCommission: 0,
  canTrade: true,
  canWithdraw: false,
  canDeposit: false,
  updateTime: nowMs,
  accountType: 'SPOT',
  balances: balanceRows(account),
  permissions: ['SPOT'],
})

const myTrades = (signed: Signed, markets: MarketsByName) => {
  const asked = parse(listQuery, signed.params)
  return ordersOf(signed, markets)
    .filter(({ id }) => asked.orderId === undefined || id === asked.orderId)
    .flatMap((order) =>
      order.fills.map((fill) => ({
        fill,
        row: fillRow(order, fill, money(quoteUnits(order.market, fill.price, fill.amount))),
      })),
    )
    .filter(({ fill }) => fill.id >= (asked.fromId ?? 0) && fill.timeMs >= (asked.startTime ?? 0))
    .filter(({ fill }) => fill.timeMs <= (asked.endTime ?? fill.timeMs))
    .toSorted((a, b) => a.fill.id - b.fill.id)
    .slice(-asked.limit)
    .map(({ row }) => row)
}

const ordersOf = ({ account, params }: Signed, markets: MarketsByName): readonly Order[] => {
  const market = marketOf(markets, params['symbol'] ?? '')
  return [...account.orders.values()].filter((order) => order.market === market)
}

const findOrder = (
  signed: Signed,
  markets: MarketsByName,
  refusal = new Refusal(-2013, 'Order does not exist.'),
): Order => {
  const { orderId, origClientOrderId } = parse(orderQuery, signed.params)
  // A client id may be used again once its order is done: the newest is meant.
  const order = ordersOf(signed, markets).findLast((one) =>
    orderId === undefined ? clientIdOf(one) === origClientOrderId : one.id === orderId,
  )
  if (order === undefined) throw refusal
  return order
}

const refusing = <T>(act: () => T): T => {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof OrderRefused)) throw error
    if (error.reason === 'unknownOrder') throw new Refusal(-2011, 'Unknown order sent.')
    throw new Refusal(
      -2010,
      error.reason === 'wouldTake'
        ? 'Order would immediately match and take.'
        : 'Account has insufficient balance for requested action.',
    )
  }
}
