import { isDeepStrictEqual } from 'node:util'
import type { BacktestResult } from '@botcriptofy/engine/backtest'
import type { PaperAccount } from '@botcriptofy/engine/paper'
import { columnarRun } from './columnar-run.ts'
import type { RandomRun } from './random-run.ts'
import { type ReferenceRun, referenceRun } from './reference-run.ts'

/** Two values that ought to be one. */
export interface Difference {
  readonly what: string
  readonly columnar: unknown
  readonly reference: unknown
}

const firstDifference = <T>(what: string, columnar: ArrayLike<T>, reference: ArrayLike<T>): Difference[] => {
  const length = Math.max(columnar.length, reference.length)
  for (let at = 0; at < length; at++) {
    if (isDeepStrictEqual(columnar[at], reference[at])) continue
    return [{ what: `${what} ${at}`, columnar: columnar[at], reference: reference[at] }]
  }
  return []
}

const heldBy = ({ position }: PaperAccount): BacktestResult['openPosition'] => {
  if (position === null) return null
  const { side, entryIndex, entryPrice, quantity } = position
  return { side: side > 0 ? 'long' : 'short', entryIndex, entryPrice, quantity }
}

const bandOf = (run: RandomRun, own: ReferenceRun): BacktestResult['band'] => {
  const { path, initialCapital } = run.config
  const [worst, best] = (['worst', 'best'] as const).map((mode) =>
    mode === path ? own : referenceRun(run, { path: mode }),
  )
  return {
    worst: worst?.equity.at(-1) ?? initialCapital,
    best: best?.equity.at(-1) ?? initialCapital,
    ambiguousBars: worst?.state.account.ambiguousBars ?? 0,
  }
}

/**
 * Runs a backtest by columns and by the reference loop and says where they differ: first trade, first point of the
 * equity, then the figures of the whole run. Numbers are compared to the last bit.
 */
export const parityDifferences = (run: RandomRun): readonly Difference[] => {
  const { trades, result } = columnarRun(run)
  const reference = referenceRun(run)
  const { account } = reference.state
  const whole = {
    columnar: {
      band: result.band,
      openPosition: result.openPosition,
      denied: result.denied,
      blownAtBar: result.blownAtBar,
    },
    reference: {
      band: bandOf(run, reference),
      openPosition: heldBy(account),
      denied: account.denied,
      blownAtBar: account.blownAtBar,
    },
  }
  return [
    ...firstDifference('trade', trades, reference.trades),
    ...firstDifference('equity', result.equity, reference.equity),
    ...(isDeepStrictEqual(whole.columnar, whole.reference) ? [] : [{ what: 'result', ...whole }]),
  ]
}
