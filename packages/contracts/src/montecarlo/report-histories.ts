import type { MonteCarloResult } from '@botcriptofy/engine/validity'
import { simulateHistories } from './simulate.ts'

const RUNS = 1000
/** A tenth of what a caller may ask for: nobody waits for a report because of this section. */
const MAX_STEPS = 5_000_000
const DAY_MS = 86_400_000

export interface ReportedCurve {
  /** Open times of the bars, epoch ms; more may follow. */
  readonly time: Float64Array
  /** At the closes of the first bars. */
  readonly equity: Float64Array
  readonly config: { readonly initialCapital: number }
}

/** The histories that every report of a backtest shows: blocks of its days; null where it has fewer than two. */
export const reportHistories = ({ time: all, equity, config }: ReportedCurve): MonteCarloResult | null => {
  const time = all.subarray(0, equity.length)
  const days = ((time.at(-1) ?? 0) - (time[0] ?? 0)) / DAY_MS
  const runs = Math.max(1, Math.min(RUNS, Math.floor(MAX_STEPS / Math.max(1, days))))
  const simulated = simulateHistories(
    { method: 'blocks', over: 'days', effect: 'compounded', runs, seed: 1 },
    { trades: [], startEquity: config.initialCapital, curve: { time, equity } },
  )
  return simulated.ok ? simulated.value : null
}
