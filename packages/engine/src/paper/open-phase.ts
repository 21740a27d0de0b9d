import type { EntryOrder, PaperPosition } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { type EntryPrice, fillEntry, fillScaleIn, slippedEntry } from './entry-fill.ts'
import { mayFill } from './entry-orders.ts'
import { exitMarket, exitPart, liquidate, takeScaleOut } from './exit-fill.ts'
import { isTrailNearer, limitReach, opposite, see } from './protection.ts'

interface Point {
  readonly price: number
  /** The price is an open, so what fills at it has gapped. */
  readonly isOpen: boolean
}

/** Liquidation and the nearest stop, if the price is at or beyond them. */
const stopsAt = (run: BarRun, position: PaperPosition, { price, isOpen }: Point): void => {
  const { side, liquidation } = position
  if (liquidation !== null && side * price <= side * liquidation) {
    liquidate(run, position, { reference: price, gap: isOpen })
    return
  }
  if (position.closing !== null) return
  const isTrail = isTrailNearer(position)
  const level = isTrail ? position.trail : position.stop
  if (level === null || side * price > side * level) return
  const reason = isTrail ? 'trailing_stop' : 'stop_loss'
  exitMarket(run, position, { reference: price, reason, gap: isOpen })
}

/** How a limit is touched: at its level when it is armed here, as the touch rule of resting limits says otherwise. */
type LimitState = 'armed' | 'rested'

interface PassedTarget {
  readonly point: Point
  readonly level: number
  readonly state: LimitState
}

const isPassed = (
  { setup }: BarRun,
  { side }: PaperPosition,
  { point, level, state }: PassedTarget,
): boolean =>
  side * point.price >= side * (state === 'armed' ? level : limitReach(setup, opposite(side), level))

/** Sells at the limit that the price has passed, or at the price under at_open. */
const fillTarget =
  (run: BarRun, position: PaperPosition, { price, isOpen }: Point) =>
  (level: number, quantity: number): number => {
    const reference = run.setup.config.limitGap === 'at_open' ? price : level
    const limit = { slips: false, isMaker: true, reason: 'take_profit', gap: isOpen } as const
    return exitPart(run, position, { ...limit, reference, quantity })
  }

/** Partial targets, then the target. */
const targetsAt = (
  run: BarRun,
  position: PaperPosition,
  { point, state }: { readonly point: Point; readonly state: LimitState },
): void => {
  for (const order of position.scaleOuts) {
    if (!isPassed(run, position, { point, level: order.price, state })) continue
    takeScaleOut(run, position, { order, fill: fillTarget(run, position, point) })
    if (position.quantity === 0) return
  }
  const { target } = position
  if (target === null || !isPassed(run, position, { point, level: target, state })) return
  fillTarget(run, position, point)(target, position.quantity)
}

/** Adds to the position by the scale-ins that the price has passed, nearest first. */
const scaleInsAt = (
  run: BarRun,
  { point, state }: { readonly point: Point; readonly state: LimitState },
): void => {
  const { setup, account } = run
  for (;;) {
    const { position } = account
    if (position === null || position.closing !== null || run.capacity === 0) return
    const { side } = position
    const order = position.scaleIns.find(
      ({ price }) =>
        side * point.price <= side * (state === 'armed' ? price : limitReach(setup, side, price)),
    )
    if (order === undefined) return
    const price = setup.config.limitGap === 'at_open' ? point.price : order.price
    if (fillScaleIn(run, position, { order, price })) settleArmed(run, point)
  }
}

/** A stop, target or scale-in that an entry fill arms at or beyond the price fills at once. */
export const settleArmed = (run: BarRun, point: Point): void => {
  const { account } = run
  if (account.position !== null) stopsAt(run, account.position, point)
  const { position } = account
  if (position !== null && position.closing === null) {
    targetsAt(run, position, { point, state: 'armed' })
    scaleInsAt(run, { point, state: 'armed' })
  }
}

/** Market exits that are due, or what an earlier one has left. False when there is none. */
const marketExitAt = (run: BarRun, position: PaperPosition, open: number): boolean => {
  const { exit } = run.account
  if (position.closing !== null) {
    exitMarket(run, position, { ...position.closing, reference: open })
    return true
  }
  if (exit === null || exit.eligibleFrom > run.index) return false
  exitMarket(run, position, { reference: open, reason: exit.reason, gap: false })
  return true
}

/** Liquidation and gapped stops come before a market exit, gapped limits yield to it. */
export const positionAtOpen = (run: BarRun): void => {
  const { account, bar } = run
  const { position } = account
  if (position === null) return
  const point = { price: bar.open, isOpen: true }
  see(position, bar.open)
  const wasClosing = position.closing !== null
  stopsAt(run, position, point)
  if (account.position === null || (!wasClosing && position.closing !== null)) return
  if (marketExitAt(run, position, bar.open)) return
  targetsAt(run, position, { point, state: 'rested' })
  scaleInsAt(run, { point, state: 'rested' })
}

const buyAtOpen = (run: BarRun, order: EntryOrder, at: EntryPrice): void => {
  if (fillEntry(run, order, at)) settleArmed(run, { price: run.bar.open, isOpen: true })
}

/** What a limit gets at an open: nothing, the open itself when it is new there, its limit when it rested. */
const limitAtOpen = (run: BarRun, order: EntryOrder, isNew: boolean): EntryPrice | null => {
  const { side, limitPrice } = order
  const { open } = run.bar
  const limit = limitPrice!
  if (isNew) return side * open <= side * limit ? { price: open, reference: open, isMaker: false } : null
  if (side * open > side * limitReach(run.setup, side, limit)) return null
  const price = run.setup.config.limitGap === 'at_open' ? open : limit
  return { price, reference: price, isMaker: true }
}

/** A stop or limit order at an open: from here on it rests, and what the open has passed fills. */
const restAtOpen = (run: BarRun, order: EntryOrder): void => {
  const { open } = run.bar
  const { side, stopPrice } = order
  let isNew = !order.isResting
  order.isResting = true
  if (order.kind !== 'limit' && stopPrice !== null && side * open >= side * stopPrice) {
    if (order.kind !== 'stop_limit') {
      order.kind = 'market'
      buyAtOpen(run, order, slippedEntry(run, side, open))
      return
    }
    order.kind = 'limit'
    isNew = true
  }
  if (order.kind !== 'limit' && order.kind !== 'oco') return
  const at = limitAtOpen(run, order, isNew)
  if (at !== null) buyAtOpen(run, order, at)
}

/** Entries at the open: limits and stops before market orders, each in the order of submission. */
export const enterAtOpen = (run: BarRun): void => {
  const { entries } = run.account
  if (entries.length === 0) return
  const isMarket = ({ kind }: EntryOrder): boolean => kind === 'market'
  const market = entries.filter(isMarket)
  for (const order of entries.filter((other) => !isMarket(other))) {
    if (mayFill(run, order)) restAtOpen(run, order)
  }
  for (const order of market) {
    if (mayFill(run, order)) buyAtOpen(run, order, slippedEntry(run, order.side, run.bar.open))
  }
}
