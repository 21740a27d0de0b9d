import type { PaperAccount } from './account.ts'
import type { BarPrices } from './bar.ts'
import type { BacktestConfig } from './config.ts'

type Rates = readonly (readonly [number, number])[]

/** The first stamp after a time. */
const firstAfter = (rates: Rates, timeMs: number): number => {
  let low = 0
  let high = rates.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rates[middle]![0] <= timeMs) low = middle + 1
    else high = middle
  }
  return low
}

/** Sum of the rates stamped in (after, until]. */
const rateBetween = (config: BacktestConfig, after: number, until: number): number => {
  const { fundingRates, fundingRate, fundingIntervalMs } = config
  if (fundingRates === null) {
    if (fundingRate === 0) return 0
    const stamps = Math.floor(until / fundingIntervalMs) - Math.floor(after / fundingIntervalMs)
    return stamps * fundingRate
  }
  let sum = 0
  for (let i = firstAfter(fundingRates, after); i < fundingRates.length; i++) {
    const [stamp, rate] = fundingRates[i]!
    if (stamp > until) break
    sum += rate
  }
  return sum
}

/** What a position that was held before the bar pays (a short: receives) at its open, for the stamps since the last bar. */
export const accrueFunding = (config: BacktestConfig, account: PaperAccount, bar: BarPrices): void => {
  const { position, lastTime } = account
  if (position === null || lastTime === null) return
  const rate = rateBetween(config, lastTime, bar.time)
  if (rate === 0) return
  const paid = position.side * position.quantity * bar.open * rate
  account.cash -= paid
  position.funding += paid
}
