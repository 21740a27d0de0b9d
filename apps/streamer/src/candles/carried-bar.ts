import type { CandleRecord } from '@botcriptofy/contracts/stream'

/** The minute after a bar, in which nothing was traded: its last price goes on, with volume 0 and marked. */
export const carriedBar = (before: CandleRecord, timeframeMs: number): CandleRecord => {
  const { close } = before
  const openTimeMs = before.openTimeMs + timeframeMs
  return { ...before, openTimeMs, open: close, high: close, low: close, volume: '0', carried: true }
}
