import type { BarRun } from './bar-run.ts'
import { exitMarket } from './exit-fill.ts'
import { fire } from './fire.ts'
import { ratchet, see } from './protection.ts'
import { nextEntry, nextLimit, nextStop, nextTrigger, type Segment } from './triggers.ts'

/** The open moves the trailing stop; with a coarse tick it may be armed at the open itself, and then fills there. */
const trailAtOpen = (run: BarRun): void => {
  const { position } = run.account
  if (position === null || position.closing !== null) return
  const { open } = run.bar
  ratchet(run.setup, position, open)
  const { side, trail } = position
  if (trail === null || side * trail < side * open) return
  exitMarket(run, position, { reference: open, reason: 'trailing_stop', gap: true })
}

const walkSegment = (run: BarRun, { from, to }: Segment): void => {
  let at = from
  for (;;) {
    const trigger = nextTrigger(run, { from: at, to })
    if (trigger === null) break
    at = trigger.at
    fire(run, trigger)
  }
  const { position } = run.account
  if (position === null) return
  see(position, to)
  if (position.closing === null) ratchet(run.setup, position, to)
}

const walk = (run: BarRun, first: number, second: number): void => {
  const { open, close } = run.bar
  trailAtOpen(run)
  walkSegment(run, { from: open, to: first })
  walkSegment(run, { from: first, to: second })
  walkSegment(run, { from: second, to: close })
}

/** open, low, high, close. */
export const walkLowFirst = (run: BarRun): void => {
  walk(run, run.bar.low, run.bar.high)
}

/** open, high, low, close. */
export const walkHighFirst = (run: BarRun): void => {
  walk(run, run.bar.high, run.bar.low)
}

const fireAll = (run: BarRun, next: () => ReturnType<typeof nextStop>): void => {
  for (let trigger = next(); trigger !== null; trigger = next()) fire(run, trigger)
}

/** A position that was held at the open: its stop if the range touches it, otherwise its targets, then its scale-ins. */
const stopFirstHeld = (run: BarRun): void => {
  const { bar, account } = run
  const { side } = account.position!
  const adverse: Segment = { from: bar.open, to: side > 0 ? bar.low : bar.high }
  const favourable: Segment = { from: bar.open, to: side > 0 ? bar.high : bar.low }
  const stop = nextStop(run, adverse)
  if (stop !== null) {
    fire(run, stop)
    return
  }
  see(account.position!, adverse.to)
  fireAll(run, () => nextLimit(run, favourable, 'targets'))
  fireAll(run, () => nextLimit(run, adverse, 'scaleIns'))
  fireAll(run, () => nextEntry(run, adverse))
  if (account.position === null) return
  see(account.position, favourable.to)
  const rearmed = nextStop(run, adverse)
  if (rearmed !== null) fire(run, rearmed)
  else if (account.position.closing === null) ratchet(run.setup, account.position, favourable.to)
}

/** An entry inside the bar: its stop if the range touches it; nothing says that a target came after it. */
const stopFirstEntry = (run: BarRun): void => {
  const { open, high, low } = run.bar
  fireAll(run, () => {
    const up = nextEntry(run, { from: open, to: high })
    const down = nextEntry(run, { from: open, to: low })
    // Of an oco with both parts in the range the stop is the worse price.
    return up?.kind === 'entry_stop' || down === null ? up : down
  })
  const { position } = run.account
  if (position === null) return
  const stop = nextStop(run, { from: open, to: position.side > 0 ? low : high })
  if (stop !== null) fire(run, stop)
}

/** The stop if the bar touches the level carried in, otherwise the target; trailing follows after the bar. */
export const walkStopFirst = (run: BarRun): void => {
  if (run.account.position === null) stopFirstEntry(run)
  else stopFirstHeld(run)
}
