import { z } from 'zod'
import { parseUnits } from '../accounts/money.ts'
import { quoteUnits } from '../accounts/matching-engine.ts'
import type { OrderRequest, OrderType } from '../accounts/order.ts'
import { lastPrice, type SimulatedMarket } from '../market/market.ts'
import { MIN_NOTIONAL } from './frames.ts'
import { type MarketsByName, marketOf, parse, Refusal } from './refusal.ts'

const decimal = z.string().regex(/^\d{1,20}(\.\d{1,20})?$/)
export const orderParams = z.object({
  symbol: z.string(),
  side: z.enum(['BUY', 'SELL']),
  type: z.enum(['LIMIT', 'MARKET', 'LIMIT_MAKER', 'STOP_LOSS', 'STOP_LOSS_LIMIT']),
  timeInForce: z.enum(['GTC', 'IOC', 'FOK']).optional(),
  quantity: decimal.optional(),
  quoteOrderQty: decimal.optional(),
  price: decimal.optional(),
  stopPrice: decimal.optional(),
  newClientOrderId: z
    .string()
    .regex(/^[.A-Z:/a-z0-9_-]{1,36}$/)
    .optional(),
})

const TYPES: Readonly<Record<z.infer<typeof orderParams>['type'], OrderType>> = {
  LIMIT: 'limit',
  MARKET: 'market',
  LIMIT_MAKER: 'limit',
  STOP_LOSS: 'stopLoss',
  STOP_LOSS_LIMIT: 'stopLimit',
}

/** What an order's parameters ask for; throws what the exchange answers to those it does not take. */
export const readOrder = (markets: MarketsByName, params: unknown): OrderRequest => {
  const asked = parse(orderParams, params)
  const market = marketOf(markets, asked.symbol)
  const { priceDecimals, amountDecimals } = market.series
  const type = TYPES[asked.type]
  const isLimit = type === 'limit' || type === 'stopLimit'
  if (isLimit && asked.type !== 'LIMIT_MAKER') need(asked, 'timeInForce')
  if (isLimit) need(asked, 'price')
  if (type === 'stopLoss' || type === 'stopLimit') need(asked, 'stopPrice')
  const spends = type === 'market' && asked.side === 'BUY' && asked.quantity === undefined
  need(asked, spends ? 'quoteOrderQty' : 'quantity')
  const request: OrderRequest = {
    market,
    side: asked.side === 'BUY' ? 'buy' : 'sell',
    type,
    timeInForce: isLimit ? (asked.timeInForce ?? 'GTC') : 'IOC',
    postOnly: asked.type === 'LIMIT_MAKER',
    clientOrderId: asked.newClientOrderId,
    amount: spends ? 0n : stepsOf(asked.quantity, amountDecimals, 'LOT_SIZE'),
    ...(spends && { quoteAmount: parseUnits(asked.quoteOrderQty ?? '') ?? 0n }),
    ...(isLimit && { price: stepsOf(asked.price, priceDecimals, 'PRICE_FILTER') }),
    ...(asked.stopPrice !== undefined && {
      stopPrice: stepsOf(asked.stopPrice, priceDecimals, 'PRICE_FILTER'),
    }),
  }
  if (valueOf(market, request) < (parseUnits(String(MIN_NOTIONAL)) ?? 0n))
    throw new Refusal(-1013, 'Filter failure: NOTIONAL')
  return request
}

const need = (asked: z.infer<typeof orderParams>, name: keyof z.infer<typeof orderParams>): void => {
  if (asked[name] === undefined)
    throw new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
}

const stepsOf = (text = '', decimals: number, filter: string): bigint => {
  const steps = parseUnits(text, decimals)
  if (steps === undefined || steps === 0n) throw new Refusal(-1013, `Filter failure: ${filter}`)
  return steps
}

const valueOf = (market: SimulatedMarket, { quoteAmount, price, stopPrice, amount }: OrderRequest): bigint =>
  quoteAmount ?? quoteUnits(market, price ?? stopPrice ?? BigInt(lastPrice(market) ?? 0), amount)
