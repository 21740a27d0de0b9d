import { quantileOfSorted } from '../metrics/index.ts'
import type { StepEffect } from './equity-steps.ts'

/** Linear between order statistics (Hyndman & Fan type 7). */
export interface Percentiles {
  readonly p5: number
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p95: number
}

/** Percentiles of equity over the steps, for drawing; columns of equal length. */
export interface EquityBand {
  /** Steps done: 0 is the start, the last is the end. */
  readonly steps: readonly number[]
  readonly p5: readonly number[]
  readonly p25: readonly number[]
  readonly p50: readonly number[]
  readonly p75: readonly number[]
  readonly p95: readonly number[]
}

export interface PathEnd {
  readonly finalEquity: number
  /** Fraction <= 0, E_0 included, at the ends of steps. */
  readonly maxDrawdown: number
}

export interface MonteCarloResult {
  readonly runs: number
  /** Steps of each run: trades or days. */
  readonly steps: number
  /** The history as it was. */
  readonly observed: PathEnd
  readonly finalEquity: Percentiles
  /** Fractions <= 0; p5 is the bad end. */
  readonly maxDrawdown: Percentiles
  /** Share of the runs that end below the start. */
  readonly probabilityOfLoss: number
  /** Share of the runs whose drawdown is deeper than the one that was seen. */
  readonly deeperThanObserved: number
  /** Share of the runs that fall by more than each of the fractions asked for. */
  readonly probabilityOfDrawdown: readonly { readonly fraction: number; readonly probability: number }[]
  readonly band: EquityBand
}

const QUANTILES = { p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95 } as const

const percentilesOf = (values: Float64Array): Percentiles => {
  const sorted = values.slice().sort()
  const at = (q: number): number => quantileOfSorted(sorted, q)
  const { p5, p25, p50, p75, p95 } = QUANTILES
  return { p5: at(p5), p25: at(p25), p50: at(p50), p75: at(p75), p95: at(p95) }
}

interface Walk {
  readonly values: Float64Array
  readonly effect: StepEffect
  readonly startEquity: number
}

/** Walks one path; `visit` sees the equity after each step. A path ends for good where nothing is left. */
const walkPath = (
  { values, effect, startEquity }: Walk,
  visit: (step: number, equity: number) => void,
): PathEnd => {
  let equity = startEquity
  let peak = startEquity
  let maxDrawdown = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (equity > 0) equity = Math.max(0, effect === 'compounded' ? equity * (1 + value) : equity + value)
    if (equity > peak) peak = equity
    else if (equity / peak - 1 < maxDrawdown) maxDrawdown = equity / peak - 1
    visit(i + 1, equity)
  }
  return { finalEquity: equity, maxDrawdown }
}

/** Enough for a smooth line at any width of a page. */
const BAND_POINTS = 100

const bandSteps = (steps: number): readonly number[] => {
  const points = Math.min(BAND_POINTS, steps)
  return Array.from({ length: points + 1 }, (_, k) => Math.round((k * steps) / points))
}

export interface Simulation {
  readonly startEquity: number
  readonly effect: StepEffect
  readonly observed: Float64Array
  readonly runs: number
  /** Writes the steps of the next run. */
  readonly drawSteps: (values: Float64Array) => void
  readonly drawdowns: readonly number[]
}

/** Products of the same factors in another order differ by this little; such a run is no worse. */
const ROUNDING = 1e-12

const shareOf = (values: Float64Array, isCounted: (value: number) => boolean): number =>
  values.reduce((count, value) => count + (isCounted(value) ? 1 : 0), 0) / values.length

const bandOf = (steps: readonly number[], columns: readonly Float64Array[]): EquityBand => {
  const percentiles = columns.map(percentilesOf)
  const line = (key: keyof Percentiles): number[] => percentiles.map((at) => at[key])
  return { steps, p5: line('p5'), p25: line('p25'), p50: line('p50'), p75: line('p75'), p95: line('p95') }
}

/** Runs the paths one after the other and sums them up. */
export const simulatePaths = (simulation: Simulation): MonteCarloResult => {
  const { observed, runs, drawSteps, effect, startEquity, drawdowns } = simulation
  const marks = bandSteps(observed.length)
  const columns = marks.map(() => new Float64Array(runs).fill(startEquity))
  const finals = new Float64Array(runs)
  const depths = new Float64Array(runs)
  const values = new Float64Array(observed.length)
  for (let run = 0; run < runs; run++) {
    drawSteps(values)
    let mark = 1
    const end = walkPath({ values, effect, startEquity }, (step, equity) => {
      if (step !== marks[mark]) return
      columns[mark]![run] = equity
      mark++
    })
    finals[run] = end.finalEquity
    depths[run] = end.maxDrawdown
  }
  const seen = walkPath({ values: observed, effect, startEquity }, () => undefined)
  return {
    runs,
    steps: observed.length,
    observed: seen,
    finalEquity: percentilesOf(finals),
    maxDrawdown: percentilesOf(depths),
    probabilityOfLoss: shareOf(finals, (equity) => equity < startEquity * (1 - ROUNDING)),
    deeperThanObserved: shareOf(depths, (depth) => depth < seen.maxDrawdown - ROUNDING),
    probabilityOfDrawdown: drawdowns.map((fraction) => ({
      fraction,
      probability: shareOf(depths, (depth) => depth < -fraction - ROUNDING),
    })),
    band: bandOf(marks, columns),
  }
}
