import type { BarRun } from './bar-run.ts'
import { withdrawEntries } from './entry-orders.ts'
import { exitAll } from './exit-fill.ts'
import { accrueFunding } from './funding.ts'
import { positionAtOpen } from './open-phase.ts'
import { pathPhase } from './path-phase.ts'

/** Funding, and what leaves at the open of a bar: exits free the cash that entries use. */
export const leaveAtOpen = (run: BarRun): void => {
  accrueFunding(run.setup.config, run.account, run.bar)
  positionAtOpen(run)
  withdrawEntries(run)
}

/** The inside of the bar. True when its two paths differ. */
export const passThrough = (run: BarRun): boolean => {
  const { account, bar } = run
  run.pathCash = account.cash
  const isAmbiguous = pathPhase(run)
  account.lastTime = bar.time
  return isAmbiguous
}

/** What survives the last bar is closed with slippage and fee, unless it is to stay open. */
export const endOfData = (run: BarRun): void => {
  const { account, bar, setup } = run
  const { endOfData: rule } = setup.config
  if (account.position === null || rule === 'leave_open') return
  const reference = rule === 'last_close' ? bar.close : bar.open
  exitAll(run, account.position, { reference, reason: 'end_of_data', gap: false })
}

/** Closes an account that is worth nothing at this price, for good. */
export const blow = (run: BarRun, price: number): void => {
  const { account, index } = run
  const { position } = account
  if (position !== null) exitAll(run, position, { reference: price, reason: 'liquidation', gap: false })
  account.cash = 0
  account.entries = []
  account.cancels = []
  account.blownAtBar = index
}
