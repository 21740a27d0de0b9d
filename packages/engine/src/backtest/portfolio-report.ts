import { type Candles, firstBarAt } from '../market/index.ts'
import type { TradeLog } from '../positions/index.ts'
import type { Program } from '../strategy/index.ts'
import { paperTradeLog } from './order-loop-trades.ts'
import type { BacktestConfig } from '../paper/index.ts'
import type { PortfolioMemberResult, PortfolioResult } from './portfolio.ts'
import { type BacktestReport, toBacktestReport } from './report.ts'
import type { BacktestResult, OpenPosition } from './run-backtest.ts'
import { type Trade, tradeRows } from './trade-rows.ts'

interface Times {
  readonly time: Float64Array
  readonly firstTradableBar: number
}

/** What a unit of money in each member is worth at each time; held as cash until the member's first tradable open. */
const shareOf = ({ time }: Times, { candles, firstTradableBar }: PortfolioMemberResult, start: number) => {
  const worth = new Float64Array(time.length).fill(start)
  const bars = candles.time.length
  if (firstTradableBar >= bars) return worth
  const units = start / candles.open[firstTradableBar]!
  let bar = firstTradableBar
  for (let at = firstBarAt(time, candles.time[bar]!); at < time.length; at++) {
    if (bar + 1 < bars && candles.time[bar + 1]! <= time[at]!) bar++
    worth[at] = candles.close[bar]! * units
  }
  return worth
}

/** The open at which the first of the members is tradable; 1 where none is. */
const startPrice = ({ members, time, firstTradableBar }: PortfolioResult): number => {
  const timeMs = time[firstTradableBar]
  const first = members.find((member) => member.candles.time[member.firstTradableBar] === timeMs)
  return first === undefined || timeMs === undefined ? 1 : first.candles.open[first.firstTradableBar]!
}

/**
 * The basket that a portfolio is held against, as candles on its times: equal shares of money, each put into its member
 * at that member's first tradable open. Of one member it is that member itself.
 */
export const basketCandles = (result: PortfolioResult): Candles => {
  const { members, time } = result
  const start = startPrice(result)
  const close = new Float64Array(time.length)
  for (const member of members) {
    const worth = shareOf(result, member, start)
    for (let at = 0; at < time.length; at++) close[at]! += worth[at]!
  }
  for (let at = 0; at < time.length; at++) close[at]! /= members.length
  const open = Float64Array.from(close, (_, at) => (at <= result.firstTradableBar ? start : close[at - 1]!))
  const high = close.map((price, at) => Math.max(price, open[at]!))
  const low = close.map((price, at) => Math.min(price, open[at]!))
  return { time, open, high, low, close, volume: new Float64Array(time.length) }
}

/** The trades of all members in one log, on the times of the portfolio. */
const mergedLog = ({ trades, time }: PortfolioResult): TradeLog =>
  paperTradeLog(
    trades.map(({ trade }) => ({
      ...trade,
      entryIndex: firstBarAt(time, trade.entryTime),
      exitIndex: firstBarAt(time, trade.exitTime),
    })),
  )

/** The open position that was entered first, on the times of the portfolio. */
const firstOpen = ({ members, time }: PortfolioResult): OpenPosition | null =>
  members
    .flatMap(({ openPosition, candles }) =>
      openPosition === null
        ? []
        : [{ ...openPosition, entryIndex: firstBarAt(time, candles.time[openPosition.entryIndex]!) }],
    )
    .reduce<OpenPosition | null>(
      (first, held) => (first === null || held.entryIndex < first.entryIndex ? held : first),
      null,
    )

/** The account of a portfolio as a run over its times, which metrics and recommendations read. */
const asOneRun = (result: PortfolioResult): BacktestResult => {
  const { time, equity, finalEquity, band, firstTradableBar, denied, blownAtBar } = result
  return {
    bars: time.length,
    trades: mergedLog(result),
    equity,
    finalEquity,
    band,
    firstTradableBar,
    openPosition: firstOpen(result),
    denied,
    blownAtBar,
  }
}

/** Trades with their symbols; indexes are those of the member's own bars. */
export const portfolioTradeRows = ({ members, trades }: PortfolioResult): readonly Trade[] => {
  const rows = members.map(({ symbol, candles }, member) => {
    const own = trades.filter((row) => row.member === member).map(({ trade }) => trade)
    return tradeRows(paperTradeLog(own), candles, symbol).values()
  })
  return trades.map(({ member }) => rows[member]!.next().value!)
}

export interface PortfolioReport extends BacktestReport {
  /** In the order of priority. */
  readonly symbols: readonly { readonly symbol: string; readonly bars: number }[]
}

export interface PortfolioReportInput {
  readonly result: PortfolioResult
  readonly config: BacktestConfig
  readonly sha256: (text: string) => string
  readonly withEquity: boolean
  readonly program?: Program | undefined
}

/**
 * Puts a portfolio into the public shape: metrics are those of the whole account, `bars` and `equity` count the times
 * of all members together, buy-and-hold and beta are against the basket, exposure is time with any position.
 */
export const toPortfolioReport = (input: PortfolioReportInput): PortfolioReport => {
  const { result } = input
  const report = toBacktestReport({
    ...input,
    result: asOneRun(result),
    candles: basketCandles(result),
    rows: portfolioTradeRows(result),
  })
  const symbols = result.members.map(({ symbol, candles }) => ({ symbol, bars: candles.time.length }))
  return { ...report, symbols }
}
