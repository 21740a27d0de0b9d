export interface Pacer {
  /** Runs the action when its turn comes; turns are `spacingMs` apart. */
  readonly schedule: (action: () => void) => void
  /** Forgets what has not run yet. */
  readonly clear: () => void
}

/** Spaces actions evenly. A bucket that lets a burst through first would break a limit counted over any second. */
export const createPacer = (spacingMs: number): Pacer => {
  let nextMs = Number.NEGATIVE_INFINITY
  const waiting = new Set<NodeJS.Timeout>()
  return {
    schedule: (action) => {
      const now = performance.now()
      const atMs = Math.max(now, nextMs)
      nextMs = atMs + spacingMs
      const timer = setTimeout(
        () => {
          waiting.delete(timer)
          action()
        },
        Math.ceil(atMs - now),
      )
      waiting.add(timer)
    },
    clear: () => {
      for (const timer of waiting) clearTimeout(timer)
      waiting.clear()
    },
  }
}
