import type { RiskDenialCode } from '../orders/index.ts'
import { denyEntry, denyExposure, type EntryRequest, markBudget, recordExit } from '../risk/index.ts'
import { markedEquity, type PaperAccount } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { worthOf } from './others.ts'
import type { PaperSetup } from './setup.ts'
import type { PaperTrade } from './trade.ts'

interface Buy {
  readonly quantity: number
  readonly price: number
}

const requestOf = ({ setup, account, time, others }: BarRun, { quantity, price }: Buy): EntryRequest => {
  const held = others()
  const openNotional = Object.fromEntries(
    held.map((other) => [other.symbol, other.position.quantity * other.price]),
  )
  if (account.position !== null) openNotional[setup.symbol] = account.position.quantity * price
  return {
    symbol: setup.symbol,
    timeMs: time,
    notional: quantity * price,
    openNotional,
    equity: markedEquity(account, price) + worthOf(held),
  }
}

/** The limit that keeps an order from opening a position (a short as well), or null. */
export const openingDenial = (run: BarRun, buy: Buy): RiskDenialCode | null => {
  const { setup, account } = run
  if (setup.risk === null || account.risk === null) return null
  return denyEntry(account.risk, setup.risk, requestOf(run, buy))
}

/** The limit that keeps an order from adding to the position, or null: pauses do not. */
export const additionDenial = (run: BarRun, buy: Buy): RiskDenialCode | null => {
  const { risk } = run.setup
  return risk === null ? null : denyExposure(risk.limits, requestOf(run, buy))
}

/** Tells the budget of a position that is flat now. */
export const noteExit = ({ setup, account }: BarRun, { exitTime, reason, pnl }: PaperTrade): void => {
  if (setup.risk === null || account.risk === null) return
  recordExit(account.risk, setup.risk, { symbol: setup.symbol, timeMs: exitTime, reason, pnl })
}

/** Tells the budget what the account is worth at the close of the bar that opened at `timeMs`. */
export const noteMark = (
  { risk }: PaperSetup,
  account: PaperAccount,
  mark: { readonly timeMs: number; readonly equity: number },
): void => {
  if (risk !== null && account.risk !== null) markBudget(account.risk, risk, mark)
}
