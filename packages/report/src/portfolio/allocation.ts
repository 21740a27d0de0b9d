import type { Trade } from '@botcriptofy/engine/backtest'
import { EXPOSURE_STEPS } from '../backtest/chart-data.ts'
import { type ExposureInput, exposureSteps } from '../backtest/exposure.ts'
import type { PortfolioReportData } from './data.ts'

/** What was held of each symbol, long or short, as a share of the account's equity. */
export interface Allocation {
  /** First row of each step. */
  readonly from: readonly number[]
  /** Of each member, in the order of priority: the mean of each step. */
  readonly shares: readonly (readonly number[])[]
  /** Of each member: the mean of all rows. */
  readonly means: readonly number[]
}

/** Where each bar of a member stands in the times of the portfolio. */
const placesOf = (own: Float64Array, time: Float64Array): Int32Array => {
  let place = 0
  return Int32Array.from(own, (timeMs) => {
    while (place < time.length && (time[place] as number) < timeMs) place++
    return place
  })
}

/** The last close at each time; what comes before the first is never held. */
const closesOn = (places: Int32Array, close: Float64Array, rows: number): Float64Array => {
  const closes = new Float64Array(rows)
  for (const [bar, place] of places.entries())
    closes.fill(close[bar] as number, place, places[bar + 1] ?? rows)
  return closes
}

const movedTrade = (places: Int32Array) => {
  const placeOf = (bar: number): number => places[bar] as number
  return (trade: Trade): Trade => ({
    ...trade,
    entryIndex: placeOf(trade.entryIndex),
    exitIndex: placeOf(trade.exitIndex),
    ...(trade.fills === undefined
      ? {}
      : { fills: trade.fills.map((fill) => ({ ...fill, index: placeOf(fill.index) })) }),
  })
}

/** The holdings of a member on the times of the portfolio. */
const memberInput = (data: PortfolioReportData, member: number): ExposureInput => {
  const { time, equity, result, detail, members, config } = data
  const { candles, market } = members[member]!
  const rows = result.bars
  const places = placesOf(candles.time.subarray(0, config.rows ?? undefined), time.subarray(0, rows))
  const open = detail.members[member]?.openPosition ?? null
  return {
    candles: { close: closesOn(places, candles.close, rows) },
    equity,
    result: {
      bars: rows,
      trades: result.trades.filter(({ symbol }) => symbol === market.symbol).map(movedTrade(places)),
    },
    detail: {
      openPosition: open === null ? null : { ...open, entryIndex: places[open.entryIndex] as number },
    },
  }
}

export const allocationOf = (data: PortfolioReportData): Allocation => {
  const rows = data.result.bars
  const steps = data.members.map((_, member) => exposureSteps(memberInput(data, member), EXPOSURE_STEPS))
  const from = steps[0]?.from ?? []
  const shares = steps.map(({ long, short }) => long.map((share, step) => share + (short[step] as number)))
  const lengthOf = (step: number): number => (from[step + 1] ?? rows) - (from[step] as number)
  const means = shares.map((share) =>
    rows === 0 ? 0 : share.reduce((sum, value, step) => sum + value * lengthOf(step), 0) / rows,
  )
  return { from, shares, means }
}
