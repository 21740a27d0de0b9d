import { trailAt } from './protection.ts'
import type { Position, SignedBar, Simulation, WalkOutcome } from './simulation.ts'

/** How the path of a bar ended for the position. */
export const SURVIVES = 0
export const STOP_FILL = 1
export const TRAIL_FILL = 2
export const TARGET_FILL = 3

const start = (out: WalkOutcome, position: Position, open: number): void => {
  out.fill = SURVIVES
  out.gap = false
  out.signedPrice = open
  out.signedAnchor = position.signedAnchor
  out.signedTrail = position.signedTrail
  out.signedLow = open
  out.signedHigh = open
}

/** Moves the trailing stop for a price that was reached; it only ever moves up. */
const ratchet = (simulation: Simulation, out: WalkOutcome, price: number): void => {
  const isRunning = out.signedTrail > -Infinity
  if (!isRunning && price < simulation.position.signedActivation) return
  if (isRunning && price <= out.signedAnchor) return
  out.signedAnchor = price
  out.signedTrail = Math.max(out.signedTrail, trailAt(simulation, price))
}

/** The price falls to `to`; the nearer stop fills first, stop_loss at equal levels. */
const fall = (simulation: Simulation, out: WalkOutcome, to: number): boolean => {
  const { signedStop } = simulation.position
  const level = Math.max(signedStop, out.signedTrail)
  if (to > level) {
    out.signedPrice = to
    if (to < out.signedLow) out.signedLow = to
    return false
  }
  out.fill = out.signedTrail > signedStop ? TRAIL_FILL : STOP_FILL
  // A coarse tick can lift a trailing level above the price itself.
  out.signedPrice = Math.min(level, out.signedPrice)
  out.signedLow = Math.min(out.signedLow, out.signedPrice)
  return true
}

/** The price rises to `to`; the target fills on the way, else the trailing stop follows. */
const rise = (simulation: Simulation, out: WalkOutcome, to: number): boolean => {
  const { signedReach, signedTarget } = simulation.position
  if (to >= signedReach) {
    out.fill = TARGET_FILL
    out.signedPrice = signedTarget
    if (signedTarget > out.signedHigh) out.signedHigh = signedTarget
    return true
  }
  out.signedPrice = to
  if (to > out.signedHigh) out.signedHigh = to
  ratchet(simulation, out, to)
  return false
}

/** The open moves the trailing stop; with a coarse tick it may be armed at the open itself, and then fills there. */
const trailsAtOpen = (simulation: Simulation, out: WalkOutcome, open: number): boolean => {
  ratchet(simulation, out, open)
  if (out.signedTrail < open) return false
  out.fill = TRAIL_FILL
  out.gap = true
  return true
}

/** open, adverse, favourable, close. */
export const walkAdverseFirst = (simulation: Simulation, bar: SignedBar, out: WalkOutcome): void => {
  start(out, simulation.position, bar.open)
  if (trailsAtOpen(simulation, out, bar.open)) return
  if (fall(simulation, out, bar.adverse)) return
  if (rise(simulation, out, bar.favourable)) return
  fall(simulation, out, bar.close)
}

/** open, favourable, adverse, close; the last rise stays below what was reached before. */
export const walkFavourableFirst = (simulation: Simulation, bar: SignedBar, out: WalkOutcome): void => {
  start(out, simulation.position, bar.open)
  if (trailsAtOpen(simulation, out, bar.open)) return
  if (rise(simulation, out, bar.favourable)) return
  fall(simulation, out, bar.adverse)
}

/** The stop if the bar touches the level carried in, otherwise the target; trailing follows after the bar. */
export const walkStopFirst = (simulation: Simulation, bar: SignedBar, out: WalkOutcome): void => {
  start(out, simulation.position, bar.open)
  if (fall(simulation, out, bar.adverse)) return
  rise(simulation, out, bar.favourable)
}
