import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import type { Effect, EnterEffect, OrderPrices, VenueEvent } from '@botcriptofy/engine/orders'
import {
  type BarPrices,
  createPaperAccount,
  createPaperSetup,
  fillBar,
  type PaperAccount,
  type PaperBar,
  type PaperTrade,
  type Protection,
  submit,
} from '@botcriptofy/engine/paper'

/** What a core may know of an account. */
export interface CoreView {
  readonly position: { readonly side: number } | null
  readonly entries: readonly unknown[]
}

/** What is decided at the close of a bar. */
export type Core = (index: number, account: CoreView) => readonly Effect[]

export interface PaperDrive {
  readonly config: BacktestConfig
  readonly protection: Protection
  readonly bars: readonly BarPrices[]
  readonly core: Core
  /** Detail bars of a bar. */
  readonly childrenOf?: (index: number) => readonly BarPrices[] | undefined
  /** Looks at, or replaces, the state after each bar. */
  readonly afterBar?: (account: PaperAccount, index: number) => PaperAccount
}

export interface PaperRun {
  readonly trades: readonly PaperTrade[]
  readonly equity: readonly number[]
  /** Of each bar. */
  readonly events: readonly (readonly VenueEvent[])[]
  readonly account: PaperAccount
}

export const barsOf = (candles: Candles): BarPrices[] =>
  Array.from(candles.time, (time, bar) => ({
    time,
    open: candles.open[bar]!,
    high: candles.high[bar]!,
    low: candles.low[bar]!,
    close: candles.close[bar]!,
    volume: candles.volume[bar]!,
  }))

/** Feeds bars to a paper account and its core's orders back; the last bar is folded as the last, and decides nothing. */
export const drivePaper = (drive: PaperDrive): PaperRun => {
  const setup = createPaperSetup(drive.protection, drive.config)
  let account = createPaperAccount(setup)
  const trades: PaperTrade[] = []
  const equity: number[] = []
  const events: VenueEvent[][] = []
  const last = drive.bars.length - 1
  drive.bars.forEach((prices, index) => {
    const bar: PaperBar = { ...prices, index, children: drive.childrenOf?.(index), isLast: index === last }
    const report = fillBar(setup, account, bar)
    if (!report.ok) throw new Error(JSON.stringify(report.error))
    const told = [...report.value.events]
    trades.push(...report.value.trades)
    equity.push(report.value.equity)
    if (index < last && account.blownAtBar === null) {
      for (const effect of drive.core(index, account)) told.push(...submit(setup, account, { effect, index }))
    }
    events.push(told)
    account = drive.afterBar?.(account, index) ?? account
  })
  return { trades, equity, events, account }
}

/** An entry of one unit at market, but for what `parts` says; the signal's close is `signalClose`. */
export const enterEffect = (
  side: 'long' | 'short',
  signalClose: number,
  parts: Partial<Pick<EnterEffect, 'sizing' | 'expireBars'>> & { readonly order?: OrderPrices } = {},
): EnterEffect => ({
  kind: 'enter',
  side,
  order: { kind: 'market' },
  expireBars: null,
  sizing: { kind: 'units', value: 1 },
  signalClose,
  ...parts,
})
