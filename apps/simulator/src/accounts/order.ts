import type { SimulatedMarket } from '../market/market.ts'

export type OrderSide = 'buy' | 'sell'
export type OrderType = 'market' | 'limit' | 'stopLoss' | 'stopLimit'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK'
export type OrderStatus = 'open' | 'filled' | 'cancelled' | 'expired'

export interface OrderRequest {
  readonly market: SimulatedMarket
  readonly side: OrderSide
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly clientOrderId: string | undefined
  /** A number of the client's, which several orders may have. */
  readonly userRef?: number | undefined
  /** In amount steps; 0 where `quoteAmount` says how much. */
  readonly amount: bigint
  /** What a market order spends, in money. */
  readonly quoteAmount?: bigint | undefined
  /** In price steps. */
  readonly price?: bigint | undefined
  readonly stopPrice?: bigint | undefined
}

export interface Fill {
  readonly id: number
  /** In price steps and amount steps. */
  readonly price: bigint
  readonly amount: bigint
  readonly fee: bigint
  readonly feeAsset: string
  readonly isMaker: boolean
  readonly timeMs: number
}

/** An order as it stands. */
export interface Order extends OrderRequest {
  readonly id: number
  readonly createdMs: number
  updatedMs: number
  status: OrderStatus
  /** A stop that waits for its price. */
  isWaiting: boolean
  /** In amount steps. */
  filled: bigint
  /** Money paid or received for what was filled, and the fees of it. */
  cost: bigint
  readonly fills: Fill[]
  /** Money that is set aside for it. */
  held: bigint
}

export type RefusalReason =
  | 'insufficientFunds'
  | 'wouldTake'
  | 'duplicateClientId'
  | 'unknownOrder'
  | 'noLiquidity'

/** An order or a cancellation that the exchange refuses; each says it in words of its own. */
export class OrderRefused extends Error {
  readonly reason: RefusalReason
  constructor(reason: RefusalReason) {
    super(reason)
    this.reason = reason
  }
}
