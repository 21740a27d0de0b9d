const PARTS = 10
/** Redis trims whole nodes, so fewer would not be kept apart. */
const LEAST_ENTRIES = 100

export interface RetentionOptions {
  readonly seconds: number
  /** Whatever the rate: memory is bounded. */
  readonly mostEntries: number
}

/** How many entries of a stream are those of the last `seconds`: what the stream is cut to. */
export interface Retention {
  /** Notes an entry and says how many to keep. */
  readonly next: (nowMs: number) => number
}

/**
 * Counts the entries of the last `seconds`, in ten parts. Until so much time has been seen nobody knows what others wrote
 * before, and as much is kept as may be.
 */
export const createRetention = ({ seconds, mostEntries }: RetentionOptions): Retention => {
  const partMs = (seconds * 1000) / PARTS
  let startMs: number | undefined
  let newest = 0
  /** The part that is under way last, and before it those of the time. */
  let counts = [0]
  return {
    next: (nowMs) => {
      startMs ??= nowMs
      const part = Math.max(newest, Math.floor((nowMs - startMs) / partMs))
      if (part > newest) {
        const begun = Array.from({ length: Math.min(part - newest, PARTS + 1) }, () => 0)
        counts = [...counts, ...begun].slice(-(PARTS + 1))
        newest = part
      }
      counts[counts.length - 1]! += 1
      if (part < PARTS) return mostEntries
      const recent = counts.reduce((sum, count) => sum + count, 0)
      return Math.min(mostEntries, Math.max(LEAST_ENTRIES, recent))
    },
  }
}
