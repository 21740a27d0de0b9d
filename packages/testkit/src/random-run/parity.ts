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

/** How a backtest by columns and one by the reference loop compare. */
export interface Parity {
  readonly differences: readonly Difference[]
  /** Trades of the run by columns. */
  readonly trades: number
}

const firstDifference = <T>(what: string, columnar: ArrayLike<T>, reference: ArrayLike<T>): Difference[] => {
  const length = Math.max(columnar.length, reference.length)
  for (let at = 0; at < length; at++) {
    if (Object.is(columnar[at], reference[at]) || isDeepStrictEqual(columnar[at], reference[at])) continue
    return [{ what: `${what} ${at}`, columnar: columnar[at], reference: reference[at] }]
  }
  return []
}

const heldBy = ({ position }: PaperAccount): BacktestResult['openPosition'] => {
  if (position === null) return null
  const { side, entryIndex, entryPrice, quantity } = position
  return { side: side > 0 ? 'long' : 'short', entryIndex, entryPrice, quantity }
}

/** Band of a run in mode worst or best, which is one half of it; for the others it would take two more runs. */
const bandOf = (run: RandomRun, own: ReferenceRun): BacktestResult['band'] | null => {
  const { path, initialCapital } = run.config
  if (path !== 'worst' && path !== 'best') return null
  const other = referenceRun(run, { path: path === 'worst' ? 'best' : 'worst' })
  const [worst, best] = path === 'worst' ? [own, other] : [other, own]
  return {
    worst: worst.equity.at(-1) ?? initialCapital,
    best: best.equity.at(-1) ?? initialCapital,
    ambiguousBars: worst.state.account.ambiguousBars,
  }
}

/**
 * Runs a backtest by columns and by the reference loop and says where they differ: first trade, first point of the
 * equity, then the figures of the whole run. Numbers are compared to the last bit.
 */
export const parityOf = (run: RandomRun): Parity => {
  const { trades, result } = columnarRun(run)
  const reference = referenceRun(run)
  const { account } = reference.state
  const band = bandOf(run, reference)
  const whole = {
    columnar: {
      band: band === null ? null : result.band,
      openPosition: result.openPosition,
      denied: result.denied,
      blownAtBar: result.blownAtBar,
    },
    reference: {
      band,
      openPosition: heldBy(account),
      denied: account.denied,
      blownAtBar: account.blownAtBar,
    },
  }
  const differences = [
    ...firstDifference('trade', trades, reference.trades),
    ...firstDifference('equity', result.equity, reference.equity),
    ...(isDeepStrictEqual(whole.columnar, whole.reference) ? [] : [{ what: 'result', ...whole }]),
  ]
  return { differences, trades: trades.length }
}
