import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import { feeRatesOf, type MatchingEngine } from '../accounts/matching-engine.ts'
import { formatUnits } from '../accounts/money.ts'
import { type Order, OrderRefused } from '../accounts/order.ts'
import type { SimulatedMarket } from '../market/market.ts'
import { productOf } from './frames.ts'
import { CoinbaseRefusal, readOrder } from './order-request.ts'
import { accountRows, fillRow, orderIdOf, orderRow, statusOf, walletRows } from './orders.ts'
import { accountOfToken, type TokenOptions } from './token.ts'

export interface CoinbaseAccountOptions extends TokenOptions {
  readonly engine: MatchingEngine
  readonly markets: readonly SimulatedMarket[]
}

const BASE = '/api/v3/brokerage'
const idParams = z.object({ id: z.string() })
const cancelBody = z.object({ order_ids: z.array(z.string()).min(1).max(100) })
const several = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string()).optional(),
)
const listQuery = z.object({
  order_status: several,
  product_id: z.string().optional(),
  product_ids: several,
  order_id: z.string().optional(),
  order_ids: several,
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
})

/** The signed calls of Advanced Trade: accounts, fees, orders and fills. */
export const registerCoinbaseAccount = (app: FastifyInstance, options: CoinbaseAccountOptions): void => {
  const { engine, markets } = options
  const answer = (
    method: 'GET' | 'POST',
    path: string,
    act: (account: Account, request: FastifyRequest) => unknown,
  ): void => {
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const account = accountOfRequest(request, options)
      if (account === undefined) return reply.code(401).type('text/plain').send('Unauthorized')
      try {
        return act(account, request)
      } catch (error) {
        if (!(error instanceof CoinbaseRefusal)) throw error
        return reply
          .code(error.status)
          .send({ error: error.code, error_details: error.message, message: error.message })
      }
    }
    app.route({ method, url: path, handler })
  }
  answer('GET', '/v2/accounts', (account) => ({
    pagination: { next_uri: null },
    data: walletRows(account),
  }))
  answer('GET', `${BASE}/accounts`, (account) => {
    const accounts = accountRows(account)
    return { accounts, has_next: false, cursor: '', size: accounts.length }
  })
  answer('GET', `${BASE}/transaction_summary`, () => ({ fee_tier: feeTier() }))
  answer('POST', `${BASE}/orders`, (account, { body }) => placeOrder({ account, engine, markets }, body))
  answer('POST', `${BASE}/orders/batch_cancel`, (account, { body }) => {
    const asked = cancelBody.safeParse(body)
    if (!asked.success) throw new CoinbaseRefusal('INVALID_ARGUMENT', 'order_ids are missing')
    return { results: asked.data.order_ids.map((id) => cancelOrder(engine, account, id)) }
  })
  answer('GET', `${BASE}/orders/historical/batch`, (account, { query }) => {
    const orders = ordersAsked(account, query).toReversed().map(orderRow)
    return { orders, has_next: false, cursor: '', sequence: '0' }
  })
  answer('GET', `${BASE}/orders/historical/fills`, (account, { query }) => {
    const fills = ordersAsked(account, query)
      .flatMap((order) => order.fills.map((fill) => ({ id: fill.id, row: fillRow(order, fill) })))
      .toSorted((a, b) => b.id - a.id)
    return { fills: fills.map(({ row }) => row), cursor: '' }
  })
  answer('GET', `${BASE}/orders/historical/:id`, (account, { params }) => {
    const { id } = idParams.parse(params)
    const order = [...account.orders.values()].find((one) => orderIdOf(one) === id)
    if (order === undefined)
      throw new CoinbaseRefusal('NOT_FOUND', 'order with this orderID was not found', 404)
    return { order: orderRow(order) }
  })
}

const accountOfRequest = (request: FastifyRequest, options: TokenOptions): Account | undefined => {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const path = request.url.split('?')[0] ?? ''
  return token === undefined
    ? undefined
    : accountOfToken(token, options, `${request.method} ${request.host}${path}`)
}

const feeTier = () => {
  const { maker, taker } = feeRatesOf('coinbase')
  const rate = (millionths: bigint) => formatUnits(millionths, 4, 6)
  return { pricing_tier: 'Simulated', maker_fee_rate: rate(maker), taker_fee_rate: rate(taker) }
}

interface Trading {
  readonly account: Account
  readonly engine: MatchingEngine
  readonly markets: readonly SimulatedMarket[]
}

const FAILURES: Readonly<Record<OrderRefused['reason'], string>> = {
  insufficientFunds: 'INSUFFICIENT_FUND',
  wouldTake: 'INVALID_LIMIT_PRICE_POST_ONLY',
  duplicateClientId: 'DUPLICATE_CLIENT_ORDER_ID',
  unknownOrder: 'UNKNOWN_CANCEL_ORDER',
  noLiquidity: 'INSUFFICIENT_LIQUIDITY',
}

/** The same client id gives the same order again, whatever else is asked. */
const placeOrder = ({ account, engine, markets }: Trading, body: unknown) => {
  const request = readOrder(markets, body)
  const before = [...account.orders.values()].find((one) => one.clientOrderId === request.clientOrderId)
  try {
    const order = before ?? engine.place(account, request)
    const success_response = {
      order_id: orderIdOf(order),
      product_id: productOf(order.market),
      side: order.side.toUpperCase(),
      client_order_id: order.clientOrderId,
    }
    return { success: true, success_response, order_configuration: orderRow(order).order_configuration }
  } catch (error) {
    if (!(error instanceof OrderRefused)) throw error
    const failure = FAILURES[error.reason]
    const error_response = {
      error: failure,
      message: failure,
      error_details: '',
      preview_failure_reason: `PREVIEW_${failure}`,
    }
    return { success: false, error_response }
  }
}

const cancelOrder = (engine: MatchingEngine, account: Account, id: string) => {
  const order = account.openOrders().find((one) => orderIdOf(one) === id)
  if (order === undefined) return { success: false, failure_reason: 'UNKNOWN_CANCEL_ORDER', order_id: id }
  engine.cancel(account, order)
  return { success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON', order_id: id }
}

const ordersAsked = (account: Account, query: unknown): readonly Order[] => {
  const asked = listQuery.safeParse(query)
  if (!asked.success) throw new CoinbaseRefusal('INVALID_ARGUMENT', 'invalid query')
  const { order_status, product_id, product_ids, order_id, order_ids, limit } = asked.data
  const products = product_ids ?? (product_id === undefined ? undefined : [product_id])
  const ids = order_ids ?? (order_id === undefined ? undefined : [order_id])
  return [...account.orders.values()]
    .filter((order) => order_status?.includes(statusOf(order)) ?? true)
    .filter((order) => products?.includes(productOf(order.market)) ?? true)
    .filter((order) => ids?.includes(orderIdOf(order)) ?? true)
    .slice(-limit)
}
