import type { Sizing } from '../strategy/index.ts'

export type Side = 'long' | 'short'

/** An entry order with its prices, in quote units, before the venue rounds them to its tick. */
export type OrderPrices =
  | { readonly kind: 'market' }
  | { readonly kind: 'limit'; readonly limitPrice: number }
  | { readonly kind: 'stop'; readonly stopPrice: number }
  | { readonly kind: 'stop_limit' | 'oco'; readonly stopPrice: number; readonly limitPrice: number }

/** Opens a position: how much is the venue's to resolve, at the fill. */
export interface EnterEffect {
  readonly kind: 'enter'
  readonly side: Side
  readonly order: OrderPrices
  /** Bars in which the order may fill; null rests until it is cancelled. */
  readonly expireBars: number | null
  readonly sizing: Sizing
  /** The close that gave the signal; protection may be measured from it. */
  readonly signalClose: number
}

/** Closes the whole position at market. */
export interface ExitEffect {
  readonly kind: 'exit'
  readonly reason: 'signal' | 'reverse' | 'time_exit'
}

/** Withdraws the entry order that has not filled. */
export interface CancelEffect {
  readonly kind: 'cancel'
}

/** What a core wants done. Nothing is known to have happened until a venue says so by an event. */
export type Effect = EnterEffect | ExitEffect | CancelEffect
