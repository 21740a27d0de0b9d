import type { VenueEvent } from '../orders/index.ts'
import { cloneAccount, type PaperAccount } from './account.ts'
import type { BarPrices } from './bar.ts'
import { NO_OTHERS, type Others } from './others.ts'
import { barCapacity } from './participation.ts'
import type { PaperSetup } from './setup.ts'
import type { PaperTrade } from './trade.ts'

/** A bar (or a detail bar) on its way through the venue, and what it has brought about so far. */
export interface BarRun {
  readonly setup: PaperSetup
  readonly account: PaperAccount
  /** Index and open time of the bar that decisions are made on. */
  readonly index: number
  readonly time: number
  readonly bar: BarPrices
  readonly others: Others
  /** Quantity that may still fill in this bar; null without a cap. */
  capacity: number | null
  /**
   * Cash along a path, by which two paths are compared: each fill adds its notional first and takes its fee after, so
   * that the columnar run compares the very same doubles.
   */
  pathCash: number
  readonly events: VenueEvent[]
  readonly trades: PaperTrade[]
}

/** What a bar brings about, in order. */
export type BarLog = Pick<BarRun, 'events' | 'trades'>

interface BarPlace {
  readonly index: number
  readonly time: number
  readonly bar: BarPrices
  readonly log: BarLog
  readonly others?: Others | undefined
}

export const createBarRun = (
  setup: PaperSetup,
  account: PaperAccount,
  { index, time, bar, log, others }: BarPlace,
): BarRun => ({
  setup,
  account,
  index,
  time,
  bar,
  others: others ?? NO_OTHERS,
  capacity: barCapacity(setup, bar.volume),
  pathCash: account.cash,
  events: log.events,
  trades: log.trades,
})

/** The same bar with a copy of the account, to try a path on. */
export const fork = ({ setup, account, index, time, bar, others, capacity }: BarRun): BarRun => ({
  setup,
  account: cloneAccount(account),
  index,
  time,
  bar,
  others,
  capacity,
  pathCash: account.cash,
  events: [],
  trades: [],
})

/** Makes what was tried on a fork happen. */
export const adopt = (run: BarRun, tried: BarRun): void => {
  Object.assign(run.account, tried.account)
  run.capacity = tried.capacity
  run.events.push(...tried.events)
  run.trades.push(...tried.trades)
}
