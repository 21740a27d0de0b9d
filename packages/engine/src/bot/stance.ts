import type { Effect, OrderUpdateEvent, VenueEvent } from '../orders/index.ts'

/** What a core knows of its account, from the effects it sent and the events that came back. Sides are 1, -1 or 0. */
export interface Stance {
  /** 1 long, -1 short, 0 flat. */
  side: number
  /** Closes at which the position was held. */
  heldCloses: number
  /** Side of the entry order that is to fill; 0 without one. */
  entrySide: number
  /** Side of the entry order that was withdrawn while it may still fill; 0 without one. */
  withdrawnSide: number
  /** An exit is on its way. */
  isExiting: boolean
}

export const flatStance = (): Stance => ({
  side: 0,
  heldCloses: 0,
  entrySide: 0,
  withdrawnSide: 0,
  isExiting: false,
})

const signOf = (side: 'long' | 'short'): number => (side === 'long' ? 1 : -1)

/** Keeps in mind what was just sent. */
export const noteEffects = (stance: Stance, effects: readonly Effect[]): void => {
  for (const effect of effects) {
    if (effect.kind === 'enter') stance.entrySide = signOf(effect.side)
    else if (effect.kind === 'exit') stance.isExiting = true
    else {
      stance.withdrawnSide = stance.entrySide
      stance.entrySide = 0
    }
  }
}

const noteEnd = (stance: Stance, { side }: OrderUpdateEvent): void => {
  const sign = signOf(side)
  if (stance.withdrawnSide === sign) stance.withdrawnSide = 0
  else if (stance.entrySide === sign) stance.entrySide = 0
}

const NOTHING: readonly Effect[] = []

/**
 * Takes in what the venue reports. An entry that filled although it was withdrawn is left again at once; its exit is
 * called a reversal where the other side is waiting to be entered.
 */
export const noteEvent = (stance: Stance, event: VenueEvent): readonly Effect[] => {
  if (event.kind === 'orderUpdate') {
    noteEnd(stance, event)
    return NOTHING
  }
  if (event.held === 0) {
    stance.side = 0
    stance.heldCloses = 0
    stance.isExiting = false
    stance.withdrawnSide = 0
    return NOTHING
  }
  if (event.leg === 'exit') {
    // What the volume left of a stop follows at the next opens; a partial target leaves the rest where it is.
    if (event.reason !== 'take_profit') stance.isExiting = true
    return NOTHING
  }
  if (stance.side !== 0) return NOTHING
  const side = signOf(event.side)
  stance.side = side
  if (stance.withdrawnSide !== side) {
    stance.entrySide = 0
    return NOTHING
  }
  const effects = [{ kind: 'exit', reason: stance.entrySide === -side ? 'reverse' : 'signal' }] as const
  noteEffects(stance, effects)
  return effects
}
