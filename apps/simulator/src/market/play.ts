import type { MarketPlayer } from './player.ts'

/** Real milliseconds between two steps of the playback. */
const PLAY_EVERY_MS = 20
/** Ten books, ten looks at who listens, and one ticker in a real second. */
const STEPS_PER_BOOK = 5
const STEPS_PER_TICKER = 50

export interface PlayOptions {
  readonly players: Iterable<MarketPlayer>
  readonly nowMs: () => number
  /** Nothing happens after it. */
  readonly endMs: number
  /** Learns who listens. */
  readonly look: () => void
  /** What happened until this moment is told. */
  readonly onTold: (timeMs: number) => void
  readonly onEnd: () => void
}

/** Plays all markets in real time until it is stopped. Returns what stops it. */
export const playMarkets = (options: PlayOptions): (() => void) => {
  let steps = 0
  const step = () => {
    const now = options.nowMs()
    const isBookStep = steps % STEPS_PER_BOOK === 0
    if (isBookStep) options.look()
    for (const player of options.players) {
      if (isBookStep) player.look(now)
      player.play(now)
      if (isBookStep) player.playBook(now)
      if (steps % STEPS_PER_TICKER === 0) player.playTicker(now)
    }
    steps += 1
    options.onTold(now)
    if (now < options.endMs) return
    clearInterval(timer)
    options.onEnd()
  }
  const timer = setInterval(step, PLAY_EVERY_MS)
  return () => clearInterval(timer)
}
