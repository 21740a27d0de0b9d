import type { RunPace } from '@botcriptofy/contracts/backtest'
import { PACE_WINDOW_MS, type ProgressRow } from '@botcriptofy/store/sweep'

/** Below it a first chunk would make a rate out of nothing. */
const SHORTEST_MS = 1000

/** How far a run is and how fast it goes: by what ended within the window, else by all since its start. */
export const paceOf = (
  row: Pick<ProgressRow, 'status' | 'total' | 'remaining' | 'recent' | 'running_ms'>,
): RunPace => {
  const { status, total, remaining, recent, running_ms: runningMs } = row
  const done = total - remaining
  const counts = { done, total, fraction: done / total }
  if (status !== 'running' || runningMs === null || done === 0) {
    return { ...counts, ratePerSecond: null, timeLeftMs: null }
  }
  const elapsedMs = Math.max(SHORTEST_MS, runningMs)
  const ratePerMs = recent > 0 ? recent / Math.min(elapsedMs, PACE_WINDOW_MS) : done / elapsedMs
  return { ...counts, ratePerSecond: ratePerMs * 1000, timeLeftMs: Math.round(remaining / ratePerMs) }
}
