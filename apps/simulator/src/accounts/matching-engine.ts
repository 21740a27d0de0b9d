import type { SimulatedVenue } from '../faults/fault-order.ts'
import type { SimulatedBook } from '../market/book.ts'
import type { SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'
import type { Account } from './account.ts'
import { MONEY_DECIMALS, shareOf } from './money.ts'
import { type Fill, type Order, OrderRefused, type OrderRequest, type OrderStatus } from './order.ts'

/** Fees in millionths, as the exchanges charge a new customer, and the currency they take them in. */
const FEES: Readonly<Record<SimulatedVenue, { maker: bigint; taker: bigint; inReceived: boolean }>> = {
  binance: { maker: 1000n, taker: 1000n, inReceived: true },
  coinbase: { maker: 6000n, taker: 12_000n, inReceived: false },
  kraken: { maker: 2500n, taker: 4000n, inReceived: false },
}
export const feeRatesOf = (venue: SimulatedVenue) => FEES[venue]

/** The fee of every fill is rounded up; so much is set aside for that, and is free again in the end. */
const ROUNDING = 1000n * 10n ** BigInt(MONEY_DECIMALS - 8)

/** Numbers of own fills lie above all those of the market's trades. */
const FIRST_FILL = 1_000_000_000

export interface OrderEvent {
  readonly account: Account
  readonly order: Order
  readonly change: 'new' | 'fill' | 'cancelled' | 'expired'
  readonly fill?: Fill
}

interface Part {
  readonly price: bigint
  readonly amount: bigint
  readonly isMaker: boolean
  /** Nothing of the order is left to be filled. */
  readonly isLast?: boolean
}

export interface EngineOptions {
  readonly nowMs: () => number
  readonly bookOf: (market: SimulatedMarket) => SimulatedBook
  readonly onEvent: (event: OrderEvent) => void
}

/**
 * Orders of accounts against simulated markets. What takes is filled from the book at once; what rests is filled by the
 * market's trades at its price or through it, as far as their amounts go, oldest first. Own orders move no market.
 */
export class MatchingEngine {
  readonly #options: EngineOptions
  readonly #resting = new Map<SimulatedMarket, { readonly account: Account; readonly order: Order }[]>()
  /** Of all exchanges, by currency: what the accounts paid in fees, and what the market holds against them. */
  readonly fees = new Map<string, bigint>()
  readonly counterparty = new Map<string, bigint>()
  #orders = 0
  #fills = FIRST_FILL

  constructor(options: EngineOptions) {
    this.#options = options
  }

  /** Markets whose trades may fill something. */
  marketsWatched(): Iterable<SimulatedMarket> {
    return this.#resting.keys()
  }

  /** Books an order, or throws an `OrderRefused` and changes nothing. */
  place(account: Account, request: OrderRequest): Order {
    const { market, type, side } = request
    const isStop = type === 'stopLoss' || type === 'stopLimit'
    if (request.postOnly && this.#best(request) !== undefined) throw new OrderRefused('wouldTake')
    const nowMs = this.#options.nowMs()
    const held = this.#costAtMost(account, request)
    account.hold(side === 'buy' ? market.quote : market.base, held)
    const order: Order = {
      ...request,
      id: ++this.#orders,
      createdMs: nowMs,
      updatedMs: nowMs,
      status: 'open',
      isWaiting: isStop,
      filled: 0n,
      cost: 0n,
      fills: [],
      held,
    }
    account.orders.set(order.id, order)
    this.#options.onEvent({ account, order, change: 'new' })
    if (!isStop) this.#take(account, order)
    if (order.status === 'open') this.#rest(account, order)
    return order
  }

  cancel(account: Account, order: Order): void {
    if (order.status !== 'open') throw new OrderRefused('unknownOrder')
    this.#close(account, order, 'cancelled')
  }

  /** A trade of the market: stops wake, resting orders are filled. */
  onTrade(market: SimulatedMarket, trade: NumberedTrade): void {
    const price = BigInt(trade.price)
    let left = BigInt(trade.amount)
    for (const { account, order } of this.#resting.get(market)?.slice() ?? []) {
      // It happened before the order came.
      if (trade.timeMs <= order.createdMs || order.status !== 'open') continue
      if (order.isWaiting) {
        if (isTriggered(order, price)) this.#wake(account, order)
      } else if (left > 0n && isReached(order, price, trade.takerSells)) {
        const amount = least(left, order.amount - order.filled)
        left -= amount
        this.#fill(account, order, { price: order.price ?? price, amount, isMaker: true })
      }
    }
  }

  #wake(account: Account, order: Order): void {
    order.isWaiting = false
    this.#unrest(order)
    this.#take(account, order)
    if (order.status === 'open') this.#rest(account, order)
  }

  /** What an order can cost at most: a buyer's money with the fee, a seller's goods. */
  #costAtMost(account: Account, request: OrderRequest): bigint {
    const { market, side, amount, quoteAmount, price, stopPrice, type } = request
    if (side === 'sell') return baseUnits(market, amount)
    if (quoteAmount !== undefined) return quoteAmount
    const limit = price ?? (type === 'stopLoss' ? stopPrice : undefined)
    const value = limit === undefined ? this.#valueInBook(request) : quoteUnits(market, limit, amount)
    const { taker, inReceived } = FEES[account.venue]
    return inReceived ? value : value + shareOf(value, taker) + ROUNDING
  }

  #valueInBook(request: OrderRequest): bigint {
    let [left, value] = [request.amount, 0n]
    for (const level of this.#levels(request)) {
      const amount = least(left, BigInt(level.amount))
      value += quoteUnits(request.market, BigInt(level.price), amount)
      left -= amount
    }
    return value
  }

  #levels({ market, side }: OrderRequest) {
    const book = this.#options.bookOf(market)
    return side === 'buy' ? book.asks : book.bids
  }

  /** The best level that the order would take from. */
  #best(request: OrderRequest) {
    const [level] = this.#levels(request)
    return level && isWithin(request, BigInt(level.price)) ? level : undefined
  }

  #take(account: Account, order: Order): void {
    const levels = this.#levels(order).filter(({ price }) => isWithin(order, BigInt(price)))
    if (order.timeInForce === 'FOK' && !isCovered(order, levels))
      return this.#close(account, order, 'expired')
    const parts = partsOf(account, order, levels)
    for (const [at, part] of parts.entries()) {
      // An order that was to spend an amount is done with its last part, although less than a step's price is left.
      const isLast = order.quoteAmount !== undefined && at === parts.length - 1
      this.#fill(account, order, { ...part, isMaker: false, isLast })
    }
    const rests = (order.type === 'limit' || order.type === 'stopLimit') && order.timeInForce === 'GTC'
    if (order.status === 'open' && !rests) this.#close(account, order, 'expired')
  }

  #fill(account: Account, order: Order, { price, amount, isMaker, isLast = false }: Part): void {
    const { market, side } = order
    const value = quoteUnits(market, price, amount)
    const goods = baseUnits(market, amount)
    const { maker, taker, inReceived } = FEES[account.venue]
    const isBuy = side === 'buy'
    const feeAsset = isBuy && inReceived ? market.base : market.quote
    const fee = shareOf(isBuy && inReceived ? goods : value, isMaker ? maker : taker)
    const paid = isBuy ? value + (inReceived ? 0n : fee) : goods
    const received = isBuy ? goods - (inReceived ? fee : 0n) : value - fee
    account.pay(isBuy ? market.quote : market.base, paid)
    account.credit(isBuy ? market.base : market.quote, received)
    order.held -= paid
    add(this.fees, feeAsset, fee)
    add(this.counterparty, market.quote, isBuy ? value : -value)
    add(this.counterparty, market.base, isBuy ? -goods : goods)
    order.filled += amount
    order.cost += value
    order.updatedMs = this.#options.nowMs()
    const fill = { id: ++this.#fills, price, amount, fee, feeAsset, isMaker, timeMs: order.updatedMs }
    order.fills.push(fill)
    const isDone = isLast || (order.quoteAmount === undefined && order.filled === order.amount)
    if (isDone) this.#settle(account, order, 'filled')
    this.#options.onEvent({ account, order, change: 'fill', fill })
  }

  #close(account: Account, order: Order, status: 'cancelled' | 'expired'): void {
    this.#settle(account, order, status)
    this.#options.onEvent({ account, order, change: status })
  }

  /** What was set aside and not needed is free again. */
  #settle(account: Account, order: Order, status: OrderStatus): void {
    order.status = status
    order.updatedMs = this.#options.nowMs()
    account.release(order.side === 'buy' ? order.market.quote : order.market.base, order.held)
    order.held = 0n
    this.#unrest(order)
  }

  #rest(account: Account, order: Order): void {
    const resting = this.#resting.get(order.market) ?? []
    resting.push({ account, order })
    this.#resting.set(order.market, resting)
  }

  #unrest(order: Order): void {
    const left = (this.#resting.get(order.market) ?? []).filter((one) => one.order !== order)
    if (left.length === 0) this.#resting.delete(order.market)
    else this.#resting.set(order.market, left)
  }
}

/** What an order takes of each level, best first, as far as its money goes. */
const partsOf = ({ venue }: Account, order: Order, levels: SimulatedBook['asks']) => {
  const { market, side, quoteAmount } = order
  const { taker, inReceived } = FEES[venue]
  let [left, money] = [order.amount - order.filled, order.held]
  const parts: { readonly price: bigint; readonly amount: bigint }[] = []
  for (const level of levels) {
    const price = BigInt(level.price)
    const value = quoteUnits(market, price, 1n)
    const each = inReceived ? value : value + shareOf(value, taker)
    // A stop without a limit may find a worse price than it set money aside for.
    const affordable = side === 'buy' ? money / each : left
    const amount = least(
      BigInt(level.amount),
      quoteAmount === undefined ? least(left, affordable) : affordable,
    )
    if (amount === 0n) break
    parts.push({ price, amount })
    left -= amount
    money -= each * amount
  }
  return parts
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

const add = (sums: Map<string, bigint>, asset: string, units: bigint): void => {
  sums.set(asset, (sums.get(asset) ?? 0n) + units)
}

export const baseUnits = ({ series }: SimulatedMarket, amount: bigint): bigint =>
  amount * 10n ** BigInt(MONEY_DECIMALS - series.amountDecimals)

export const quoteUnits = ({ series }: SimulatedMarket, price: bigint, amount: bigint): bigint =>
  price * amount * 10n ** BigInt(MONEY_DECIMALS - series.priceDecimals - series.amountDecimals)

/** An order without a limit takes at any price. */
const isWithin = ({ side, price }: OrderRequest, level: bigint): boolean =>
  price === undefined || (side === 'buy' ? level <= price : level >= price)

const isTriggered = ({ side, stopPrice = 0n }: Order, price: bigint): boolean =>
  side === 'sell' ? price <= stopPrice : price >= stopPrice

/** At its price it is filled by who takes from its side; through it by whatever trades there. */
const isReached = ({ side, price = 0n }: Order, traded: bigint, takerSells: boolean): boolean =>
  side === 'buy'
    ? traded < price || (traded === price && takerSells)
    : traded > price || (traded === price && !takerSells)

const isCovered = (order: Order, levels: readonly { readonly amount: number }[]): boolean =>
  levels.reduce((sum, { amount }) => sum + BigInt(amount), 0n) >= order.amount
