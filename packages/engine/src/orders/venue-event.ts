import type { ExitReason } from '../positions/index.ts'
import type { DenialCode, RiskDenialCode } from './denial.ts'
import type { Side } from './effect.ts'

/** A part of the position was bought or sold. Prices and money are in quote units. */
export interface FillEvent {
  readonly kind: 'fill'
  readonly leg: 'entry' | 'exit'
  /** Side of the position, not of the order. */
  readonly side: Side
  readonly price: number
  readonly quantity: number
  readonly fee: number
  /** What is held after this fill; 0 when the trade is over. */
  readonly held: number
  /** Why, for an exit. */
  readonly reason: ExitReason | null
}

/**
 * The entry order of a side ended without a fill (or without a further one). A core has at most one of each side: the
 * one it withdraws and, on the other side, the one it sends in its place.
 */
export type OrderUpdateEvent =
  | {
      readonly kind: 'orderUpdate'
      readonly side: Side
      readonly status: 'denied'
      readonly code: DenialCode | RiskDenialCode
    }
  | { readonly kind: 'orderUpdate'; readonly side: Side; readonly status: 'cancelled' | 'expired' }

/** What a venue reports back to the core. */
export type VenueEvent = FillEvent | OrderUpdateEvent
