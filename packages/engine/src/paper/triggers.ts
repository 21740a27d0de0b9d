import type { EntryOrder, PaperPosition, ScaleOrder } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { mayFill } from './entry-orders.ts'
import { limitReach, opposite } from './protection.ts'

/** An order that the price meets, and where. */
export type Trigger =
  | { readonly kind: 'liquidation' | 'stop_loss' | 'trailing_stop' | 'take_profit'; readonly at: number }
  | { readonly kind: 'scale_out' | 'scale_in'; readonly order: ScaleOrder; readonly at: number }
  | { readonly kind: 'entry_limit' | 'entry_stop'; readonly order: EntryOrder; readonly at: number }

/** A monotone stretch of a path. */
export interface Segment {
  readonly from: number
  readonly to: number
}

/** What is looked for on a segment; orders of equal distance fire in the order in which they are offered. */
interface Search extends Segment {
  best: Trigger | null
}

/** Where the price meets a level that waits for a fall (`way` -1) or a rise (1); null where it does not. */
const meet = ({ from, to }: Segment, level: number, way: number): number | null => {
  if (way * to < way * level || way * to < way * from) return null
  return way * level > way * from ? level : from
}

const isNearer = ({ from, best }: Search, at: number): boolean =>
  best === null || Math.abs(at - from) < Math.abs(best.at - from)

const startSearch = ({ from, to }: Segment): Search => ({ from, to, best: null })

type StopKind = 'liquidation' | 'stop_loss' | 'trailing_stop'

const offerStops = (search: Search, position: PaperPosition): void => {
  offerStop(search, position, 'liquidation')
  if (position.closing !== null) return
  offerStop(search, position, 'stop_loss')
  offerStop(search, position, 'trailing_stop')
}

const offerStop = (
  search: Search,
  { side, liquidation, stop, trail }: PaperPosition,
  kind: StopKind,
): void => {
  const level = kind === 'liquidation' ? liquidation : kind === 'stop_loss' ? stop : trail
  if (level === null) return
  const at = meet(search, level, -side)
  if (at !== null && isNearer(search, at)) search.best = { kind, at }
}

const offerTargets = (run: BarRun, search: Search, { side, scaleOuts, target }: PaperPosition): void => {
  for (const order of scaleOuts) {
    const at = meet(search, limitReach(run.setup, opposite(side), order.price), side)
    if (at !== null && isNearer(search, at)) search.best = { kind: 'scale_out', order, at }
  }
  if (target === null) return
  const at = meet(search, limitReach(run.setup, opposite(side), target), side)
  if (at !== null && isNearer(search, at)) search.best = { kind: 'take_profit', at }
}

const offerScaleIns = (run: BarRun, search: Search, { side, scaleIns }: PaperPosition): void => {
  for (const order of scaleIns) {
    const at = meet(search, limitReach(run.setup, side, order.price), -side)
    if (at !== null && isNearer(search, at)) search.best = { kind: 'scale_in', order, at }
  }
}

const offerEntries = (run: BarRun, search: Search, hasVolume: boolean): void => {
  // Without volume a limit goes on resting, but one whose rest is dropped ends where it is touched.
  const takesLimits = hasVolume || run.setup.config.remainder === 'drop'
  for (const order of run.account.entries) {
    if (!order.isResting || !mayFill(run, order)) continue
    const { kind, side, stopPrice, limitPrice } = order
    const isStop = kind === 'stop' || kind === 'stop_limit' || kind === 'oco'
    const stopAt = isStop ? meet(search, stopPrice!, side) : null
    if (stopAt !== null && isNearer(search, stopAt)) search.best = { kind: 'entry_stop', order, at: stopAt }
    const isLimit = takesLimits && (kind === 'limit' || kind === 'oco')
    const limitAt = isLimit ? meet(search, limitReach(run.setup, side, limitPrice!), -side) : null
    if (limitAt !== null && isNearer(search, limitAt))
      search.best = { kind: 'entry_limit', order, at: limitAt }
  }
}

/** Only the orders that end a position at a loss. */
export const nextStop = (run: BarRun, segment: Segment): Trigger | null => {
  const search = startSearch(segment)
  const { position } = run.account
  if (position !== null) offerStops(search, position)
  return search.best
}

/** Only the limits of a position: those that leave it in profit, or those that add to it. */
export const nextLimit = (run: BarRun, segment: Segment, which: 'targets' | 'scaleIns'): Trigger | null => {
  const search = startSearch(segment)
  const { position } = run.account
  if (position === null || position.closing !== null || run.capacity === 0) return null
  if (which === 'targets') offerTargets(run, search, position)
  else offerScaleIns(run, search, position)
  return search.best
}

export const nextEntry = (run: BarRun, segment: Segment): Trigger | null => {
  const search = startSearch(segment)
  offerEntries(run, search, run.capacity !== 0)
  return search.best
}

/**
 * The next order that the price meets on the segment. At one price: liquidation, stop_loss, trailing_stop, partial
 * targets, target, scale-ins, entries.
 */
export const nextTrigger = (run: BarRun, segment: Segment): Trigger | null => {
  const search = startSearch(segment)
  const { position } = run.account
  const hasVolume = run.capacity !== 0
  if (position !== null) {
    offerStops(search, position)
    if (hasVolume && position.closing === null) {
      offerTargets(run, search, position)
      offerScaleIns(run, search, position)
    }
  }
  offerEntries(run, search, hasVolume)
  return search.best
}
