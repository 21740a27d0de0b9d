import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import type { Effect, VenueEvent } from '../orders/index.ts'
import { markedEquity, type PaperAccount } from './account.ts'
import { detailProblem, type PaperBar } from './bar.ts'
import { type BarLog, type BarRun, createBarRun } from './bar-run.ts'
import { placeEntry } from './entry-orders.ts'
import { enterAtOpen } from './open-phase.ts'
import { blow, endOfData, leaveAtOpen, passThrough } from './phases.ts'
import { noteMark } from './risk-gate.ts'
import type { PaperSetup } from './setup.ts'
import type { PaperTrade } from './trade.ts'

/** What a core decided at the close of the bar with this index. */
export interface PaperOrder {
  readonly effect: Effect
  readonly index: number
}

/**
 * Takes in an order. It may fill from the bar after the decision, or `latencyBars` later; so with exits and cancels.
 * Events are those of an order that ends at once.
 */
export const submit = (
  setup: PaperSetup,
  account: PaperAccount,
  { effect, index }: PaperOrder,
): readonly VenueEvent[] => {
  if (account.blownAtBar !== null) return []
  const eligibleFrom = index + 1 + setup.config.latencyBars
  switch (effect.kind) {
    case 'enter':
      return placeEntry(setup, account, { effect, eligibleFrom })
    case 'exit':
      if (account.position !== null) account.exit ??= { reason: effect.reason, eligibleFrom }
      return []
    case 'cancel':
      account.cancels.push({ beforeId: account.nextOrderId, eligibleFrom })
      return []
  }
}

export interface BarReport {
  /** Fills and ended orders, in the order in which they happened. */
  readonly events: readonly VenueEvent[]
  /** Positions that became flat in the bar. */
  readonly trades: readonly PaperTrade[]
  /** Quote units at the close: cash and the position at its price, the exit fee not reserved. */
  readonly equity: number
}

/** Marks equity at the close. At zero or below the account is closed for good and worth nothing from there on. */
const mark = (run: BarRun, { close, time }: PaperBar): number => {
  const { setup, account } = run
  const marked = markedEquity(account, close)
  if (!(marked > 0)) {
    blow(run, close)
    return 0
  }
  noteMark(setup, account, { timeMs: time, equity: marked })
  return marked
}

/**
 * Folds a closed bar into the account, in the order of BAR-1: funding, open phase, path phase, (end of data,) mark.
 * The account is changed in place. An error leaves it as it was; it says where a bar and its children disagree.
 */
export const fillBar = (
  setup: PaperSetup,
  account: PaperAccount,
  bar: PaperBar,
): Result<BarReport, Problem> => {
  const problem = detailProblem(bar)
  if (problem !== null) return err(problem)
  if (account.blownAtBar !== null) return ok({ events: [], trades: [], equity: 0 })
  const { index, time } = bar
  const log: BarLog = { events: [], trades: [] }
  let isAmbiguous = false
  for (const part of bar.children ?? [bar]) {
    const run = createBarRun(setup, account, { index, time, bar: part, log })
    leaveAtOpen(run)
    enterAtOpen(run)
    if (passThrough(run)) isAmbiguous = true
  }
  const whole = createBarRun(setup, account, { index, time, bar, log })
  if (isAmbiguous) account.ambiguousBars++
  if (bar.isLast === true) endOfData(whole)
  const equity = mark(whole, bar)
  return ok({ events: log.events, trades: log.trades, equity })
}
