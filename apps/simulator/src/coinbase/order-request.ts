import { z } from 'zod'
import { parseUnits } from '../accounts/money.ts'
import type { OrderRequest } from '../accounts/order.ts'
import type { SimulatedMarket } from '../market/market.ts'
import { productOf } from './frames.ts'

/** A request that the exchange does not take at all, unlike an order that fails. */
export class CoinbaseRefusal extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

const decimal = z.string().regex(/^\d{1,20}(\.\d{1,20})?$/)
const limit = z.object({ base_size: decimal, limit_price: decimal })
const stop = limit.extend({
  stop_price: decimal,
  stop_direction: z.enum(['STOP_DIRECTION_STOP_UP', 'STOP_DIRECTION_STOP_DOWN']),
})
const orderBody = z.object({
  client_order_id: z.string().min(1).max(128),
  product_id: z.string(),
  side: z.enum(['BUY', 'SELL']),
  order_configuration: z.union([
    z.object({
      market_market_ioc: z.union([z.object({ quote_size: decimal }), z.object({ base_size: decimal })]),
    }),
    z.object({ limit_limit_gtc: limit.extend({ post_only: z.boolean().default(false) }) }),
    z.object({ sor_limit_ioc: limit }),
    z.object({ limit_limit_fok: limit }),
    z.object({ stop_limit_stop_limit_gtc: stop }),
  ]),
})
type Configuration = z.infer<typeof orderBody>['order_configuration']

/** What the body of an order asks for. */
export const readOrder = (markets: readonly SimulatedMarket[], body: unknown): OrderRequest => {
  const parsed = orderBody.safeParse(body)
  if (!parsed.success)
    throw new CoinbaseRefusal(
      'INVALID_ARGUMENT',
      `invalid ${parsed.error.issues[0]?.path.join('.') ?? 'order'}`,
    )
  const { client_order_id, product_id, side, order_configuration } = parsed.data
  const market = markets.find((one) => productOf(one) === product_id)
  if (market === undefined) throw new CoinbaseRefusal('INVALID_ARGUMENT', 'ProductID is invalid')
  const request = {
    market,
    side: side === 'BUY' ? 'buy' : 'sell',
    clientOrderId: client_order_id,
    postOnly: false,
  } as const
  return { ...request, ...termsOf(market, request.side, order_configuration) }
}

type Terms = Pick<OrderRequest, 'type' | 'timeInForce' | 'amount'> & Partial<OrderRequest>

const termsOf = (market: SimulatedMarket, side: 'buy' | 'sell', asked: Configuration): Terms => {
  const { amountDecimals, priceDecimals } = market.series
  const amountOf = (text: string) => stepsOf(text, amountDecimals, 'size')
  const limitOf = ({ base_size, limit_price }: z.infer<typeof limit>) => ({
    amount: amountOf(base_size),
    price: stepsOf(limit_price, priceDecimals, 'price'),
  })
  if ('market_market_ioc' in asked) {
    const terms = { type: 'market', timeInForce: 'IOC' } as const
    const given = asked.market_market_ioc
    if ('base_size' in given) return { ...terms, amount: amountOf(given.base_size) }
    if (side === 'sell') throw new CoinbaseRefusal('INVALID_ARGUMENT', 'a sell needs base_size')
    return { ...terms, amount: 0n, quoteAmount: parseUnits(given.quote_size) ?? 0n }
  }
  if ('limit_limit_gtc' in asked) {
    const { limit_limit_gtc: given } = asked
    return { type: 'limit', timeInForce: 'GTC', ...limitOf(given), postOnly: given.post_only }
  }
  if ('sor_limit_ioc' in asked) return { type: 'limit', timeInForce: 'IOC', ...limitOf(asked.sor_limit_ioc) }
  if ('limit_limit_fok' in asked)
    return { type: 'limit', timeInForce: 'FOK', ...limitOf(asked.limit_limit_fok) }
  const { stop_limit_stop_limit_gtc: given } = asked
  // A stop against the direction is a take-profit, which this exchange's double does not have.
  if ((given.stop_direction === 'STOP_DIRECTION_STOP_UP') !== (side === 'buy'))
    throw new CoinbaseRefusal('UNSUPPORTED_ORDER_CONFIGURATION', 'stop_direction does not fit the side')
  const stopPrice = stepsOf(given.stop_price, priceDecimals, 'stop price')
  return { type: 'stopLimit', timeInForce: 'GTC', ...limitOf(given), stopPrice }
}

const stepsOf = (text: string, decimals: number, name: string): bigint => {
  const steps = parseUnits(text, decimals)
  if (steps !== undefined && steps > 0n) return steps
  throw new CoinbaseRefusal('INVALID_ARGUMENT', `invalid ${name}: more decimals than the product has, or 0`)
}
