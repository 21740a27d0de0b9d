import type { DenialCounts, OrderPrices } from '../orders/index.ts'
import type { ExitReason, TradeFill } from '../positions/index.ts'
import { cloneBudget, createRiskBudget, type RiskBudget } from '../risk/index.ts'
import type { Sizing } from '../strategy/index.ts'
import type { PaperSetup } from './setup.ts'

/** 1 long, -1 short. Multiplied by it, every price is better when it is higher. */
export type Direction = 1 | -1

/** An entry order of the core that has not ended. */
export interface EntryOrder {
  readonly id: number
  readonly side: Direction
  /** A stop that was reached goes on as market (or as limit); an oco as the part that was reached. */
  kind: OrderPrices['kind']
  /** On the tick: a buy stop rounds up and a buy limit down, mirrored for a sale; null where there is none. */
  readonly stopPrice: number | null
  readonly limitPrice: number | null
  readonly sizing: Sizing
  readonly signalClose: number
  /** The first bar in which it may fill, and the first in which it may not any more. */
  readonly eligibleFrom: number
  readonly expiresAt: number | null
  /** It has stood at an open at which it was free to fill; before, it does not fill inside a bar. */
  isResting: boolean
  /** Quantity to go; null until the first fill, which resolves the sizing. */
  remaining: number | null
}

/** A market exit, first tried at the open of `eligibleFrom`. */
export interface ExitOrder {
  readonly reason: ExitReason
  readonly eligibleFrom: number
}

/** Withdraws the entry orders that are older than it. */
export interface CancelOrder {
  readonly beforeId: number
  readonly eligibleFrom: number
}

/** A resting limit of the position: adds to it below the first fill, or takes profit in part. */
export interface ScaleOrder {
  readonly price: number
  quantity: number
}

/** An exit that the volume of a bar did not cover: what is left goes at market at every open until it is done. */
export interface Closing {
  readonly reason: ExitReason
  readonly gap: boolean
}

/** The open position. Prices are real ones, not mirrored; null stands for an order that is not there. */
export interface PaperPosition {
  readonly side: Direction
  /** The order that opened it; what that order has left may add to it. */
  readonly entryOrderId: number
  readonly entryIndex: number
  readonly entryTime: number
  readonly firstPrice: number
  /** What the first order was sized to, filled or not. */
  readonly firstQuantity: number
  readonly signalClose: number
  /** Held now. */
  quantity: number
  /** Everything bought (a short: sold) so far, its cost, and the mean price of it. */
  bought: number
  cost: number
  entryPrice: number
  /** Sum of price * quantity over the exits. */
  proceeds: number
  fees: number
  /** Paid (received: negative) at funding times. */
  funding: number
  /** Quote units lost to slippage. */
  slippage: number
  stop: number | null
  target: number | null
  /** The price at which trailing starts; null without trailing and once it runs. */
  activation: number | null
  /** Running extreme since activation, and the level that follows it. */
  anchor: number | null
  trail: number | null
  liquidation: number | null
  scaleIns: ScaleOrder[]
  scaleOuts: ScaleOrder[]
  closing: Closing | null
  /** Extremes of the price path since the entry. */
  low: number
  high: number
  fills: TradeFill[]
}

/**
 * The whole state of a paper account: plain data that survives JSON to the last bit. Money is in quote units;
 * equity = cash + side * quantity * price.
 */
export interface PaperAccount {
  readonly stateVersion: 1
  cash: number
  position: PaperPosition | null
  /** In the order of their submission. */
  entries: EntryOrder[]
  exit: ExitOrder | null
  cancels: CancelOrder[]
  nextOrderId: number
  /** Open time of the last bar that was folded, epoch ms. */
  lastTime: number | null
  /** Bars whose two paths gave different fills; counted in the modes worst and best. */
  ambiguousBars: number
  /** The bar at whose close equity was zero or below; nothing trades from there on. */
  blownAtBar: number | null
  /** Refused entries, by reason. */
  denied: DenialCounts
  /** What the limits of the account remember; null without limits. */
  risk: RiskBudget | null
}

export const createPaperAccount = ({ config, risk }: PaperSetup): PaperAccount => ({
  stateVersion: 1,
  cash: config.initialCapital,
  position: null,
  entries: [],
  exit: null,
  cancels: [],
  nextOrderId: 1,
  lastTime: null,
  ambiguousBars: 0,
  blownAtBar: null,
  denied: { ZERO_QUANTITY: 0, MIN_NOTIONAL: 0, INSUFFICIENT_CASH: 0, NO_STOP_DISTANCE: 0 },
  risk: risk === null ? null : createRiskBudget(config.initialCapital),
})

const clonePosition = (position: PaperPosition): PaperPosition => ({
  ...position,
  scaleIns: position.scaleIns.map((order) => ({ ...order })),
  scaleOuts: position.scaleOuts.map((order) => ({ ...order })),
  fills: [...position.fills],
})

/** A copy that can be changed without the original. */
export const cloneAccount = (account: PaperAccount): PaperAccount => ({
  ...account,
  position: account.position === null ? null : clonePosition(account.position),
  entries: account.entries.map((order) => ({ ...order })),
  cancels: [...account.cancels],
  denied: { ...account.denied },
  risk: account.risk === null ? null : cloneBudget(account.risk),
})

/** Equity at a price, in quote units. */
export const markedEquity = (
  { cash, position }: Pick<PaperAccount, 'cash' | 'position'>,
  price: number,
): number => (position === null ? cash : cash + position.quantity * (position.side * price))
