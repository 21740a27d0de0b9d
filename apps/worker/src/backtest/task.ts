import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { IndicatorDigests } from './indicator-digests.ts'
import type { BacktestResultRow } from '@botcriptofy/store/backtest'

/** What a thread is given once, when it starts. */
export interface ThreadData {
  readonly indicatorModules: readonly string[]
}

export interface TaskRun {
  /** With its parameters applied. */
  readonly strategy: Strategy
  readonly config: BacktestConfig
  /** Whether a run of a sweep is to be checked as single backtests are. */
  readonly withChecks?: boolean | undefined
}

/** Backtests on one dataset for a thread. The columns live in SharedArrayBuffers, so handing them over copies nothing. */
export interface BacktestTask {
  readonly datasetDigest: string
  /** Of a portfolio those of its first member. */
  readonly candles: Candles
  /** Finer candles that the fills happen in. */
  readonly detail?: Candles | undefined
  /** Of a portfolio, in the order of priority. */
  readonly members?: readonly { readonly symbol: string; readonly candles: Candles }[] | undefined
  readonly runs: readonly TaskRun[]
  /** Of the custom indicators they use, as pinned when they were submitted; the thread must have the same. */
  readonly indicatorDigests: IndicatorDigests
  /**
   * `single`: all that a report draws and tells. `numbers`: what every run of a sweep keeps. `series`: those with trades
   * and equity, which few of them keep, and for which they are run once more.
   */
  readonly wanted: 'single' | 'numbers' | 'series'
}

/**
 * `invalid`: parameters made the strategy impossible (a period of 0), candles do not fit together, or the computing threw
 * (an indicator of the operator's may); no retry heals that.
 */
export type BacktestOutcome =
  | { readonly kind: 'computed'; readonly result: Omit<BacktestResultRow, 'address'> }
  | {
      readonly kind: 'invalid'
      readonly code: 'INVALID_STRATEGY' | 'INVALID_CANDLES' | 'BACKTEST_FAILED'
      readonly detail: string
    }

/** `refused`: this thread has not the modules that the task was accepted with. */
export type ThreadAnswer =
  | { readonly kind: 'ended'; readonly outcomes: readonly BacktestOutcome[] }
  | { readonly kind: 'refused'; readonly detail: string }
