import { type Candles, sliceCandles } from '../market/index.ts'

type Lines = readonly Float64Array[]

export interface SettlingInput {
  readonly candles: Candles
  /** The lines over the whole history. */
  readonly whole: Lines
  /** The same lines over a history that starts late. */
  readonly linesOn: (candles: Candles) => Lines
  /** Bars that a late history is given at least to settle in. */
  readonly window: number
  readonly starts: number
  /** Agreement asked for, relative to the size of the values. */
  readonly tolerance: number
}

export interface Settling {
  /** First index from which all late histories agree with the whole one; null when one of them never did. */
  readonly bars: number | null
  /** Late histories that were long enough to tell. */
  readonly starts: number
}

/** A history must agree for this share of its end before it counts as settled. */
const AGREEING_SHARE = 0.1

const meanSize = (values: Float64Array): number => {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += Math.abs(value)
    count++
  }
  return count === 0 ? 0 : sum / count
}

/**
 * Index after the last disagreement. Values are compared relative to their own size or to the mean size of the line
 * around them, whichever is larger: an oscillator that passes through zero has no relative precision there.
 */
const agreesFrom = (whole: Float64Array, late: Float64Array, tolerance: number): number => {
  const size = meanSize(whole)
  for (let index = whole.length - 1; index >= 0; index--) {
    const [a, b] = [whole[index]!, late[index]!]
    if (Number.isNaN(a) && Number.isNaN(b)) continue
    if (!(Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), size))) return index + 1
  }
  return 0
}

/** Starts of late histories, none at the first bar, each with a window behind it where the series is long enough. */
const startsOf = ({ candles, window, starts }: SettlingInput): readonly number[] => {
  const bars = candles.time.length
  const last = Math.max(1, bars - window)
  const places = Array.from({ length: starts }, (_, k) => Math.round(((k + 1) * last) / starts))
  return [...new Set(places)].filter((start) => start >= 1 && start < bars - 1)
}

/** How much history the lines need: starts the history late and looks from where on the values are the same again. */
export const measureSettling = (input: SettlingInput): Settling => {
  const { candles, whole, linesOn, window, tolerance } = input
  const starts = startsOf(input)
  let bars: number | null = 0
  for (const start of starts) {
    const length = Math.min(window, candles.time.length - start)
    const late = linesOn(sliceCandles(candles, start, start + length))
    const settled = Math.max(
      ...whole.map((line, at) => agreesFrom(line.subarray(start, start + length), late[at]!, tolerance)),
    )
    const isSettled = settled <= length * (1 - AGREEING_SHARE)
    if (bars !== null) bars = isSettled ? Math.max(bars, settled) : null
  }
  return { bars: starts.length === 0 ? null : bars, starts: starts.length }
}
