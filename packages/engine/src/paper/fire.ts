import type { EntryOrder, PaperPosition } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { type EntryPrice, fillEntry, fillScaleIn, slippedEntry } from './entry-fill.ts'
import { exitMarket, exitPart, liquidate, takeScaleOut } from './exit-fill.ts'
import { settleArmed } from './open-phase.ts'
import { see } from './protection.ts'
import type { Trigger } from './triggers.ts'

const takeProfit =
  (run: BarRun, position: PaperPosition) =>
  (price: number, quantity: number): number => {
    see(position, price)
    const limit = { slips: false, isMaker: true, reason: 'take_profit', gap: false } as const
    return exitPart(run, position, { ...limit, reference: price, quantity })
  }

const enter = (run: BarRun, order: EntryOrder, { at, price }: { at: number; price: EntryPrice }): void => {
  if (!fillEntry(run, order, price)) return
  const { position } = run.account
  if (position !== null) see(position, at)
  settleArmed(run, { price: at, isOpen: false })
}

/** A stop entry that is reached buys at market; a stop-limit turns into a limit for the rest of the path. */
const fireStopEntry = (run: BarRun, order: EntryOrder, at: number): void => {
  const { side, limitPrice } = order
  if (order.kind !== 'stop_limit') {
    order.kind = 'market'
    enter(run, order, { at, price: slippedEntry(run, side, at) })
    return
  }
  order.kind = 'limit'
  if (side * at <= side * limitPrice!) {
    enter(run, order, { at, price: { price: at, reference: at, isMaker: false } })
  }
}

const fireStop = (run: BarRun, position: PaperPosition, { kind, at }: Trigger): void => {
  see(position, at)
  if (kind === 'liquidation') liquidate(run, position, { reference: at, gap: false })
  else if (kind === 'stop_loss' || kind === 'trailing_stop') {
    exitMarket(run, position, { reference: at, reason: kind, gap: false })
  }
}

/** Fills the order that the price has met inside a bar. */
export const fire = (run: BarRun, trigger: Trigger): void => {
  const { kind, at } = trigger
  if (kind === 'entry_stop') {
    fireStopEntry(run, trigger.order, at)
    return
  }
  if (kind === 'entry_limit') {
    const limit = trigger.order.limitPrice!
    enter(run, trigger.order, { at, price: { price: limit, reference: limit, isMaker: true } })
    return
  }
  const { position } = run.account
  if (position === null) return
  if (kind === 'take_profit') takeProfit(run, position)(position.target!, position.quantity)
  else if (kind === 'scale_out') {
    takeScaleOut(run, position, { order: trigger.order, fill: takeProfit(run, position) })
  } else if (kind === 'scale_in') {
    if (fillScaleIn(run, position, { order: trigger.order, price: trigger.order.price })) {
      settleArmed(run, { price: at, isOpen: false })
    }
  } else fireStop(run, position, trigger)
}
