import { base64, packNaturals, zigzag } from './pack.ts'
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

export const greatestDivisor = (a: number, b: number): number => {
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

const pricesOf = ({ open, high, low, close }: DrawnBars, decimals: number): Float64Array => {
  const scale = 10 ** decimals
  const values = new Float64Array(open.length * 4)
  let before = 0
  for (let k = 0; k < open.length; k++) {
    const first = Math.round((open[k] as number) * scale)
    const last = Math.round((close[k] as number) * scale)
    values[k * 4] = zigzag(first - before)
    values[k * 4 + 1] = zigzag(last - first)
    values[k * 4 + 2] = Math.max(0, Math.round((high[k] as number) * scale) - Math.max(first, last))
    values[k * 4 + 3] = Math.max(0, Math.min(first, last) - Math.round((low[k] as number) * scale))
    before = last
  }
  return values
}

/** `rows`: how many rows the series has, which ends the last bar. */
export const packBars = (bars: DrawnBars, rows: number, decimals: number): PackedBars => {
  const { unitMs, runs } = timesOf(bars, rows)
  return {
    count: bars.time.length,
    startMs: bars.time[0] ?? 0,
    unitMs,
    decimals,
    times: base64(packNaturals(runs)),
    prices: base64(packNaturals(pricesOf(bars, decimals))),
  }
}
