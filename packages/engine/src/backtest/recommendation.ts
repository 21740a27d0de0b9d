import type { Program } from '../strategy/index.ts'
import type { MeasuredRun } from './sweep-runner.ts'

/** What the rules look at. */
export interface Findings {
  readonly result: MeasuredRun
  readonly initialCapital: number
  /** Opens of the bars that were run, epoch ms. */
  readonly time: Float64Array
  readonly lowSample: boolean
  /** Time from the first bar to the last, in days. */
  readonly days: number
  /** Without it the rules about parameters and warm-up are silent. */
  readonly program?: Program | undefined
  /** Length of a bar. */
  readonly barMs?: number | undefined
}

/** A rule that fires: the number that made it, what that was held against, and a sentence with both. */
export interface Fired {
  readonly value: number
  readonly limit: number
  readonly text: string
}

/** One idea about a result; null where it has nothing to say. */
export type RecommendationRule = (findings: Findings) => Fired | null

export const money = (value: number): string => value.toFixed(2)
export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** What the account gained, marked to market. */
export const profitOf = ({ result, initialCapital }: Findings): number => result.finalEquity - initialCapital
