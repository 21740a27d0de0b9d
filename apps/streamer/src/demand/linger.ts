import { type Want, wantId } from '@botcriptofy/contracts/stream'
import type { WantChange } from '../feed/open-feed.ts'

export interface Linger {
  /** What to follow from now on, and what no longer. */
  readonly update: (wanted: readonly Want[], nowMs: number) => WantChange
}

/** What is wanted is followed at once, and let go when it was not wanted for so long. */
export const createLinger = (lingerMs: number): Linger => {
  const followed = new Map<string, { readonly want: Want; wantedMs: number }>()
  return {
    update: (wanted, nowMs) => {
      const added = wanted.filter((want) => !followed.has(wantId(want)))
      for (const want of wanted) followed.set(wantId(want), { want, wantedMs: nowMs })
      const over = [...followed.values()].filter(({ wantedMs }) => nowMs - wantedMs >= lingerMs)
      // With no time to linger, what is wanted now stays all the same.
      const removed = over.map(({ want }) => want).filter((want) => !wanted.includes(want))
      for (const want of removed) followed.delete(wantId(want))
      return { added, removed }
    },
  }
}
