const WEIGHT_PER_MINUTE = 6000
const MINUTE_MS = 60_000

export interface WeightSpent {
  readonly used: number
  /** Set when the request is over the limit. */
  readonly retryAfterSeconds: number | undefined
}

/** The request weight of one minute, counted in real time as the exchange does. */
export const createWeightBudget = (elapsedMs: () => number) => {
  let minute = Number.NEGATIVE_INFINITY
  let used = 0
  return {
    spend: (weight: number): WeightSpent => {
      const now = elapsedMs()
      if (now - minute >= MINUTE_MS) {
        minute = now
        used = 0
      }
      used += weight
      const isOver = used > WEIGHT_PER_MINUTE
      return { used, retryAfterSeconds: isOver ? Math.ceil((minute + MINUTE_MS - now) / 1000) : undefined }
    },
  }
}
