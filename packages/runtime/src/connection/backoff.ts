const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000
/** A connection that lasted this long was a good one. */
const PROVEN_AFTER_MS = 30_000

export interface Backoff {
  /** How long to wait before the next dial. */
  readonly nextDelayMs: () => number
  /** Tells how the last connection went; only a proven one lets the delays start from the beginning. */
  readonly ended: (connection: { readonly upMs: number; readonly delivered: boolean }) => void
}

/**
 * The first retry is at once; then full jitter over a span that doubles up to 30 s, so that many clients that lost one
 * venue do not come back together. A venue that accepts and closes again does not reset the span.
 */
export const createBackoff = (random: () => number): Backoff => {
  let failures = 0
  return {
    nextDelayMs: () => {
      failures += 1
      if (failures === 1) return 0
      return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1))
    },
    ended: ({ upMs, delivered }) => {
      if (delivered && upMs >= PROVEN_AFTER_MS) failures = 0
    },
  }
}
