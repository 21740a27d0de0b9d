/** Where a market's trades stand: the last id that was taken, and its time. */
export interface SequencePosition {
  readonly lastId: number | undefined
  readonly lastTimeMs: number | undefined
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

/** Trades of one market never go back in time by more than this. */
const CLOCK_TOLERANCE_MS = 60_000

/** Binance numbers the trades of a market without holes, so every loss shows as a jump. */
export const stepSequence = (position: SequencePosition, trade: SequencedTrade): SequenceStep => {
  const { lastId, lastTimeMs } = position
  if (lastId === undefined || lastTimeMs === undefined) return { kind: 'next' }
  if (trade.timeMs < lastTimeMs - CLOCK_TOLERANCE_MS) return { kind: 'restart' }
  if (trade.id > lastId + 1) return { kind: 'gap', fromId: lastId + 1, toId: trade.id - 1 }
  if (trade.id === lastId + 1) return { kind: 'next' }
  // An old id with a later time is not a repetition: it is another trade.
  return { kind: trade.timeMs > lastTimeMs ? 'restart' : 'duplicate' }
}
