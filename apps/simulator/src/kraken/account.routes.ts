import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { MatchingEngine } from '../accounts/matching-engine.ts'
import { parseUnits } from '../accounts/money.ts'
import { type Order, OrderRefused, type OrderRequest, type OrderType } from '../accounts/order.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import { balanceRows, describeOrder, fillRow, orderRow, totalRows, tradeIdOf, txidOf } from './orders.ts'
import { KrakenRefusal, type PrivateRequest, readPrivate } from './signature.ts'

const PAGE = 50
const TOKEN_SECONDS = 900

export interface KrakenAccountOptions {
  readonly accounts: Accounts
  readonly engine: MatchingEngine
  readonly markets: readonly SimulatedMarket[]
  /** Remembers for whom a token is good. */
  readonly issueToken: (account: Account, token: string) => void
}

const decimal = z.string().regex(/^\d{1,20}(\.\d{1,20})?$/)
const orderParams = z.object({
  pair: z.string(),
  type: z.enum(['buy', 'sell']),
  ordertype: z.enum(['market', 'limit', 'stop-loss', 'stop-loss-limit']),
  volume: decimal,
  price: decimal.optional(),
  price2: decimal.optional(),
  oflags: z.string().default(''),
  timeinforce: z.enum(['GTC', 'IOC', 'FOK']).default('GTC'),
  cl_ord_id: z
    .string()
    .regex(/^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[\x21-\x7e]{1,18})$/i)
    .optional(),
  userref: z.coerce
    .number()
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1)
    .optional(),
})

const TYPES: Readonly<Record<z.infer<typeof orderParams>['ordertype'], OrderType>> = {
  market: 'market',
  limit: 'limit',
  'stop-loss': 'stopLoss',
  'stop-loss-limit': 'stopLimit',
}

/** The private calls of Kraken's REST interface: balances, orders, own trades and the token of the private streams. */
export const registerKrakenAccount = (app: FastifyInstance, options: KrakenAccountOptions): void => {
  const { accounts, engine, markets } = options
  const answer = (name: string, act: (request: PrivateRequest) => object): void => {
    app.post(`/0/private/${name}`, async (request) => {
      try {
        return { error: [], result: act(readPrivate(request, accounts)) }
      } catch (error) {
        if (error instanceof KrakenRefusal) return { error: [error.message] }
        if (error instanceof OrderRefused) return { error: [REFUSALS[error.reason]] }
        throw error
      }
    })
  }
  answer('Balance', ({ account }) => totalRows(account))
  answer('BalanceEx', ({ account }) => balanceRows(account))
  answer('AddOrder', ({ account, params }) => {
    const request = readOrder(markets, params)
    const { clientOrderId } = request
    if (
      clientOrderId !== undefined &&
      account.openOrders().some((one) => one.clientOrderId === clientOrderId)
    )
      throw new KrakenRefusal('EOrder:Duplicate cl_ord_id')
    const order = engine.place(account, request)
    return { descr: { order: describeOrder(order) }, txid: [txidOf(order)] }
  })
  answer('CancelOrder', ({ account, params }) => {
    const isMeant = (order: Order) =>
      params['cl_ord_id'] === undefined
        ? txidOf(order) === params['txid'] || String(order.userRef) === params['txid']
        : order.clientOrderId === params['cl_ord_id']
    const meant = account.openOrders().filter(isMeant)
    if (meant.length === 0) throw new KrakenRefusal('EOrder:Unknown order')
    for (const order of meant) engine.cancel(account, order)
    return { count: meant.length }
  })
  answer('QueryOrders', ({ account, params }) => {
    const wanted = (params['txid'] ?? '').split(',')
    const found = [...account.orders.values()].filter((order) => wanted.includes(txidOf(order)))
    if (found.length === 0) throw new KrakenRefusal('EOrder:Unknown order')
    return rowsOf(found)
  })
  answer('OpenOrders', ({ account, params }) => ({
    open: rowsOf(account.openOrders().filter((order) => isAsked(order, params))),
  }))
  answer('ClosedOrders', ({ account, params }) => {
    const closed = [...account.orders.values()]
      .filter((order) => order.status !== 'open' && isAsked(order, params))
      .toReversed()
    return { closed: rowsOf(pageOf(closed, params)), count: closed.length }
  })
  answer('TradesHistory', ({ account, params }) => {
    const rows = [...account.orders.values()]
      .flatMap((order) => order.fills.map((fill) => ({ fill, row: fillRow(order, fill) })))
      .toSorted((a, b) => b.fill.id - a.fill.id)
    const trades = pageOf(rows, params).map(({ fill, row }) => [tradeIdOf(fill), row])
    return { trades: Object.fromEntries(trades), count: rows.length }
  })
  answer('GetWebSocketsToken', ({ account }) => {
    const token = randomBytes(32).toString('base64url')
    options.issueToken(account, token)
    return { token, expires: TOKEN_SECONDS }
  })
}

const REFUSALS: Readonly<Record<OrderRefused['reason'], string>> = {
  insufficientFunds: 'EOrder:Insufficient funds',
  wouldTake: 'EOrder:Post only order',
  duplicateClientId: 'EOrder:Duplicate cl_ord_id',
  unknownOrder: 'EOrder:Unknown order',
  noLiquidity: 'EOrder:Insufficient liquidity',
}

const rowsOf = (orders: readonly Order[]) =>
  Object.fromEntries(orders.map((order) => [txidOf(order), orderRow(order)]))

const pageOf = <T>(items: readonly T[], { ofs }: Readonly<Record<string, string>>): readonly T[] =>
  items.slice(Number(ofs ?? 0)).slice(0, PAGE)

const isAsked = (order: Order, params: Readonly<Record<string, string>>): boolean =>
  (params['cl_ord_id'] === undefined || order.clientOrderId === params['cl_ord_id']) &&
  (params['userref'] === undefined || String(order.userRef) === params['userref'])

const readOrder = (markets: readonly SimulatedMarket[], params: unknown): OrderRequest => {
  const parsed = orderParams.safeParse(params)
  if (!parsed.success)
    throw new KrakenRefusal(`EGeneral:Invalid arguments:${String(parsed.error.issues[0]?.path[0] ?? '')}`)
  const asked = parsed.data
  if (asked.cl_ord_id !== undefined && asked.userref !== undefined)
    throw new KrakenRefusal('EGeneral:Invalid arguments:cl_ord_id and userref are exclusive')
  const market = markets.find((one) => one.native === asked.pair || pairOf(one) === asked.pair)
  if (market === undefined) throw new KrakenRefusal('EQuery:Unknown asset pair')
  const type = TYPES[asked.ordertype]
  const isStop = type === 'stopLoss' || type === 'stopLimit'
  const limit = isStop ? asked.price2 : asked.price
  const spends = asked.oflags.split(',').includes('viqc') && type === 'market' && asked.type === 'buy'
  const isLimit = type === 'limit' || type === 'stopLimit'
  return {
    market,
    side: asked.type,
    type,
    timeInForce: isLimit ? asked.timeinforce : 'IOC',
    postOnly: asked.oflags.split(',').includes('post'),
    clientOrderId: asked.cl_ord_id,
    userRef: asked.userref,
    amount: spends ? 0n : amountOf(market, asked.volume),
    ...(spends && { quoteAmount: parseUnits(asked.volume) ?? 0n }),
    ...(isLimit && { price: priceOf(market, limit) }),
    ...(isStop && { stopPrice: priceOf(market, asked.price) }),
  }
}

/** As `AssetPairs` says it. */
const LEAST_VOLUME = '0.0001'

const amountOf = ({ series }: SimulatedMarket, volume: string): bigint => {
  const least = parseUnits(LEAST_VOLUME) ?? 0n
  if ((parseUnits(volume) ?? 0n) < least) throw new KrakenRefusal('EOrder:Order minimum not met')
  const steps = parseUnits(volume, series.amountDecimals)
  if (steps === undefined) throw new KrakenRefusal('EGeneral:Invalid arguments:volume')
  return steps
}

const priceOf = ({ series }: SimulatedMarket, price = ''): bigint => {
  const steps = parseUnits(price, series.priceDecimals)
  if (steps !== undefined && steps > 0n) return steps
  throw new KrakenRefusal(
    parseUnits(price) === undefined ? 'EGeneral:Invalid arguments:price' : 'EOrder:Tick size check failed',
  )
}
