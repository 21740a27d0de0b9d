import { packNaturals, zigzag } from './pack.ts'
import type { DrawnBars } from './downsample.ts'

/** Bars as base64 of naturals (see `packNaturals`); `assets/page.js` reads them back. */
export interface PackedBars {
  readonly count: number
  /** Epoch ms of the first bar, and the unit of all steps in ms. */
  readonly startMs: number
  readonly unitMs: number
  /** Prices are whole multiples of 10^-decimals. */
  readonly decimals: number
  /** Runs of (units since the bar before, rows the bar stands for, number of such bars). */
  readonly times: string
  /** A bar: open less the close before and close less open, both in zigzag, then the upper and the lower shadow. */
  readonly prices: string
}

const SIGNIFICANT = 7
const MOST_DECIMALS = 14

const greatestDivisor = (a: number, b: number): number => {
  let [larger, smaller] = [a, b]
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

/** Decimals after which no price has a digit, or those that show seven digits of the lowest price. */
export const decimalsOf = ({ open, high, low, close }: Omit<DrawnBars, 'from' | 'time'>): number => {
  const lowest = low.reduce((least, price) => (price > 0 && price < least ? price : least), Infinity)
  const magnitude = lowest === Infinity ? 0 : Math.floor(Math.log10(lowest))
  const most = Math.min(MOST_DECIMALS, Math.max(0, SIGNIFICANT - 1 - magnitude))
  const isWhole = (decimals: number) => {
    const scale = 10 ** decimals
    return (price: number) => Math.abs(Math.round(price * scale) / scale - price) <= Math.abs(price) * 1e-12
  }
  let decimals = 0
  while (decimals < most && ![open, high, low, close].every((column) => column.every(isWhole(decimals))))
    decimals++
  return decimals
}

const timesOf = ({ from, time }: DrawnBars, rows: number): { unitMs: number; runs: number[] } => {
  const steps = time.map((ms, k) => (k === 0 ? 0 : ms - (time[k - 1] as number)))
  const unitMs = Math.max(1, steps.reduce(greatestDivisor, 0))
  const runs: number[] = []
  for (const [k, step] of steps.entries()) {
    const units = step / unitMs
    const merged = (from[k + 1] ?? rows) - (from[k] as number)
    if (k > 0 && runs.at(-3) === units && runs.at(-2) === merged) runs[runs.length - 1]!++
    else runs.push(units, merged, 1)
  }
  return { unitMs, runs }
}

/** `rows`: how many rows the series has, which ends the last bar. */
export const packBars = (bars: DrawnBars, rows: number, decimals: number): PackedBars => {
  const scale = 10 ** decimals
  const whole = (price: number | undefined): number => Math.round((price ?? 0) * scale)
  const prices: number[] = []
  let before = 0
  for (const [k, price] of bars.open.entries()) {
    const [open, close] = [whole(price), whole(bars.close[k])]
    prices.push(zigzag(open - before), zigzag(close - open))
    prices.push(Math.max(0, whole(bars.high[k]) - Math.max(open, close)))
    prices.push(Math.max(0, Math.min(open, close) - whole(bars.low[k])))
    before = close
  }
  const { unitMs, runs } = timesOf(bars, rows)
  const text = (values: readonly number[]) => Buffer.from(packNaturals(values)).toString('base64')
  return {
    count: bars.time.length,
    startMs: bars.time[0] ?? 0,
    unitMs,
    decimals,
    times: text(runs),
    prices: text(prices),
  }
}
