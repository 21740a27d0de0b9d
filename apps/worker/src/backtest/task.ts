import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Objective, Rank } from '@botcriptofy/engine/sweep'
import type { IndicatorDigests } from './indicator-digests.ts'
import type { BacktestResultRow } from '@botcriptofy/store/backtest'

/** What a thread is given once, when it starts. */
export interface ThreadData {
  readonly indicatorModules: readonly string[]
}

/** One backtest for a thread. The columns live in SharedArrayBuffers, so handing them over copies nothing. */
export interface BacktestTask {
  readonly datasetDigest: string
  /** Of a portfolio those of its first member. */
  readonly candles: Candles
  /** Finer candles that the fills happen in. */
  readonly detail?: Candles | undefined
  /** Of a portfolio, in the order of priority. */
  readonly members?: readonly { readonly symbol: string; readonly candles: Candles }[] | undefined
  readonly strategy: Strategy
  /** Of the custom indicators it uses, as pinned when it was submitted; the thread must have the same. */
  readonly indicatorDigests: IndicatorDigests
  readonly config: BacktestConfig
  readonly objective: Objective
  /** Whether trades and equity are wanted: always, never, or only of a run that ranks above another (null: any run). */
  readonly keepBlobs: 'always' | 'never' | { readonly whenAbove: Rank | null }
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
export type ThreadAnswer = BacktestOutcome | { readonly kind: 'refused'; readonly detail: string }
