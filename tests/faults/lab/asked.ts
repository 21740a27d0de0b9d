// What callers ask of the installation under test, and what became of it.
import type { Axis } from '@botcriptofy/engine/sweep'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { CandleSet } from './candle-sets.ts'
import type { ApiClient } from './client.ts'

/** A tenant that submits work. */
export interface Caller {
  readonly tenantId: string
  readonly apiKey: string
  readonly client: ApiClient
  readonly set: CandleSet
}

/** A cancellation that was asked for; `ackMs` is when it was confirmed, epoch ms. */
export interface AskedCancel {
  ackMs: number | undefined
  answer: string
}

/** One thing that a caller wanted to happen once, under one Idempotency-Key. */
export interface Asked {
  readonly key: string
  readonly tenantId: string
  readonly kind: 'backtest' | 'sweep'
  readonly strategy: Strategy
  readonly set: CandleSet
  /** In the order of the request; none for a single backtest. */
  readonly axes: readonly Axis[]
  /** The ids of every 202 that came; one, whatever happens. */
  readonly ids: Set<string>
  /** Answers with another status than 202 that said what became of the request. */
  readonly refusals: string[]
  cancel: AskedCancel | undefined
  /** What pausing the sweep and letting it go on were answered, both in vain where it had ended before. */
  readonly moves: string[]
  /** What was asked of the sweep after its end. */
  readonly reopening: Reopening | undefined
}

/** What is asked of a sweep when it has ended. `answer` is the status that came, undefined when none did. */
export type Reopening = { answer: string | undefined } & (
  | { readonly verb: 'extend'; readonly axes: readonly Axis[] }
  /** `broken` is a file: while it is there so many runs of the sweep fail. */
  | { readonly verb: 'rerun'; readonly broken: string; readonly failing: number }
)

export interface LoadTimes {
  /** Nothing new is begun from then on. */
  readonly isOver: () => boolean
  /** Outstanding requests are given up from then on. */
  readonly isGivenUp: () => boolean
}
