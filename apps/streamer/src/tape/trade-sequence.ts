/** Where a market's trades stand: the last id that was taken, its time, and what the venue's clock said last. */
export interface SequencePosition {
  readonly lastId: number | undefined
  readonly lastTimeMs: number | undefined
  readonly clockMs: number | undefined
}

export interface SequencedTrade {
  readonly id: number
  readonly timeMs: number
}

/**
 * What a trade's id says. `gap`: the trade is good, ids before it are missing. `restart`: the venue has started its
 * ids or its clock over (test networks do), so nothing stored can be continued.
 */
export type SequenceStep =
  | { readonly kind: 'next' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'gap'; readonly fromId: number; readonly toId: number }
  | { readonly kind: 'restart' }

/** Clocks and the times of trades that follow each other differ by less than this. */
const CLOCK_TOLERANCE_MS = 60_000

/**
 * All three venues number the trades of a market without holes, so every loss shows as a jump. Old ids are repetitions, as
 * subscriptions begin with them, however old their times are: that a venue has started over is told by its clock, or by
 * old ids of a new time.
 */
export const stepSequence = (position: SequencePosition, trade: SequencedTrade): SequenceStep => {
  const { lastId, lastTimeMs, clockMs } = position
  if (lastId === undefined || lastTimeMs === undefined) return { kind: 'next' }
  const isBack = (timeMs: number) => timeMs < lastTimeMs - CLOCK_TOLERANCE_MS
  if (clockMs !== undefined && isBack(clockMs) && isBack(trade.timeMs)) return { kind: 'restart' }
  if (trade.id > lastId + 1) return { kind: 'gap', fromId: lastId + 1, toId: trade.id - 1 }
  if (trade.id === lastId + 1) return { kind: 'next' }
  return { kind: trade.timeMs > lastTimeMs + CLOCK_TOLERANCE_MS ? 'restart' : 'duplicate' }
}
