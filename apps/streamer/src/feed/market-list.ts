import type { MarketNames } from '@botcriptofy/venues/frame'

/** A venue lists new markets now and then, and somebody may ask for one that will never be there. */
const LEAST_READING_SPACING_MS = 60_000

/** The venue's markets, read when they are first needed and again when one is asked for that is not among them. */
export interface MarketList extends MarketNames {
  readonly learn: (symbols: readonly string[]) => Promise<void>
}

export const createMarketList = (read: () => Promise<MarketNames | undefined>): MarketList => {
  let names: MarketNames | undefined
  let readMs = Number.NEGATIVE_INFINITY
  return {
    toSymbol: (native) => names?.toSymbol(native),
    toNative: (symbol) => names?.toNative(symbol),
    learn: async (symbols) => {
      const isComplete = symbols.every((symbol) => names?.toNative(symbol) !== undefined)
      if (isComplete || performance.now() - readMs < LEAST_READING_SPACING_MS) return
      names = (await read()) ?? names
      readMs = performance.now()
    },
  }
}
