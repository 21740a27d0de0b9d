import { computeIndicator, type IndicatorSpec, specKey } from '../indicators/index.ts'
import type { Candles } from '../market/index.ts'

/** One byte a bar (0 or 1), also seen as words of four bars for logic. The length is padded to whole words. */
export interface FlagColumn {
  readonly bytes: Uint8Array
  readonly words: Int32Array
}

/**
 * A series with what has been computed on it: hold on to one for many runs on the same candles, and each indicator
 * is computed once. Indicator columns are dropped, the least recently used first, above `maxBytes`.
 */
export interface SeriesColumns {
  readonly candles: Candles
  readonly bars: number
  /** The lines of an indicator, aligned with the bars. */
  readonly linesOf: (spec: IndicatorSpec) => readonly Float64Array[]
  /** A flag column with unspecified content; give it back when it is no longer read. */
  readonly borrowFlags: () => FlagColumn
  readonly giveBackFlags: (flags: FlagColumn) => void
}

/** The first bar of [from, to) whose byte has a bit of `mask`, or `to`; bars without are passed four at a time. */
export const nextFlagged = (flags: FlagColumn, range: { from: number; to: number }, mask: number): number => {
  const { bytes, words } = flags
  const wordMask = mask * 0x01010101
  let bar = range.from
  while (bar < range.to) {
    if ((bar & 3) === 0 && (words[bar >> 2]! & wordMask) === 0) bar += 4
    else if ((bytes[bar]! & mask) !== 0) return bar
    else bar++
  }
  return range.to
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024

const allocateFlags = (bars: number): FlagColumn => {
  const bytes = new Uint8Array(Math.ceil(bars / 4) * 4)
  return { bytes, words: new Int32Array(bytes.buffer) }
}

export const createSeriesColumns = (
  candles: Candles,
  options: { readonly maxBytes?: number } = {},
): SeriesColumns => {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
  const bars = candles.time.length
  // A Map iterates in insertion order, so re-inserting on use keeps the least recently used first.
  const linesByKey = new Map<string, readonly Float64Array[]>()
  const spareFlags: FlagColumn[] = []
  let heldBytes = 0
  const bytesOf = (lines: readonly Float64Array[]): number => lines.length * bars * 8
  const evict = (): void => {
    for (const [key, lines] of linesByKey) {
      if (heldBytes <= maxBytes) return
      linesByKey.delete(key)
      heldBytes -= bytesOf(lines)
    }
  }
  return {
    candles,
    bars,
    linesOf: (spec) => {
      const key = specKey(spec)
      const known = linesByKey.get(key)
      if (known !== undefined) {
        linesByKey.delete(key)
        linesByKey.set(key, known)
        return known
      }
      const lines = computeIndicator(candles, spec)
      linesByKey.set(key, lines)
      heldBytes += bytesOf(lines)
      evict()
      return lines
    },
    borrowFlags: () => spareFlags.pop() ?? allocateFlags(bars),
    giveBackFlags: (flags) => {
      spareFlags.push(flags)
    },
  }
}
