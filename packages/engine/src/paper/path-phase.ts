import { adopt, type BarRun, fork } from './bar-run.ts'
import type { VenueEvent } from '../orders/index.ts'
import { walkHighFirst, walkLowFirst, walkStopFirst } from './path-walk.ts'
import { movesTrail, see } from './protection.ts'
import { nextTrigger } from './triggers.ts'

/**
 * True when no path through the bar fills anything: no order lies within its range, and the trailing stop stays where
 * it is, so that none can come into it.
 */
const isQuiet = (run: BarRun): boolean => {
  const { account, bar } = run
  const { position } = account
  if (position === null && account.entries.length === 0) return true
  if (position !== null) {
    const favourable = position.side > 0 ? bar.high : bar.low
    if (movesTrail(position, favourable)) return false
    if (position.trail !== null && position.side * position.trail >= position.side * bar.open) return false
  }
  const { open, high, low } = bar
  return (
    nextTrigger(run, { from: open, to: low }) === null && nextTrigger(run, { from: open, to: high }) === null
  )
}

const isSameEvent = (a: VenueEvent, b: VenueEvent | undefined): boolean => {
  if (b === undefined || a.kind !== 'fill' || b.kind !== 'fill') return a.kind === b?.kind
  return a.leg === b.leg && a.reason === b.reason && a.price === b.price && a.quantity === b.quantity
}

/** Levels that differ may still fill alike: a coarse tick rounds them to one price. */
const isSame = (a: BarRun, b: BarRun): boolean =>
  a.events.length === b.events.length && a.events.every((event, at) => isSameEvent(event, b.events[at]))

/** Equity marked at the close of the bar if it goes this way. */
const equityAfter = ({ account: { position }, pathCash, bar }: BarRun): number =>
  position === null ? pathCash : pathCash + position.quantity * (position.side * bar.close)

interface Choice {
  readonly chosen: BarRun
  readonly isAmbiguous: boolean
}

/** Both paths, the one with the lower (worst) or higher (best) marked equity kept; a tie takes the low first. */
const walkBoth = (run: BarRun): Choice => {
  const low = fork(run)
  walkLowFirst(low)
  const high = fork(run)
  walkHighFirst(high)
  if (isSame(low, high)) return { chosen: low, isAmbiguous: false }
  const gain = equityAfter(high) - equityAfter(low)
  const takesHigh = run.setup.config.path === 'worst' ? gain < 0 : gain > 0
  return { chosen: takesHigh ? high : low, isAmbiguous: true }
}

const isHighNearer = ({ bar }: BarRun): boolean =>
  Math.abs(bar.high - bar.open) < Math.abs(bar.open - bar.low)

/** What the inside of a bar does. True when its two paths differ, which only the modes worst and best look at. */
export const pathPhase = (run: BarRun): boolean => {
  if (isQuiet(run)) {
    const { position } = run.account
    if (position === null) return false
    see(position, run.bar.low)
    see(position, run.bar.high)
    return false
  }
  switch (run.setup.config.path) {
    case 'worst':
    case 'best': {
      const { chosen, isAmbiguous } = walkBoth(run)
      adopt(run, chosen)
      return isAmbiguous
    }
    case 'ohlc':
      walkHighFirst(run)
      return false
    case 'olhc':
      walkLowFirst(run)
      return false
    case 'adaptive':
      if (isHighNearer(run)) walkHighFirst(run)
      else walkLowFirst(run)
      return false
    case 'stop_first':
      walkStopFirst(run)
      return false
  }
}
