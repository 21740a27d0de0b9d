import { definitionOf } from '../indicators/index.ts'
import { barLengthMs, type Candles } from '../market/index.ts'
import { computeLines } from './higher-timeframe.ts'
import { indicatorKey } from './indicator-key.ts'
import type { IndicatorPlan } from './program.ts'

/** One byte a bar (0 or 1), also seen as words of four bars for logic. The length is padded to whole words. */
export interface FlagColumn {
  readonly bytes: Uint8Array
  readonly words: Int32Array
}

/**
 * A series with what has been computed on it: hold on to one for many runs on the same candles, and each indicator
 * and expression is computed once. Columns are dropped, the least recently used first, above `maxBytes`.
 */
export interface SeriesColumns {
  readonly candles: Candles
  readonly bars: number
  /** The length of a bar; undefined where fewer than two bars leave it unknown. */
  readonly barMs: number | undefined
  /**
   * The lines of an indicator, aligned with the bars. Where `read` says which of them will be read, no others are
   * kept: an empty column stands in their place.
   */
  readonly linesOf: (indicator: IndicatorPlan, read?: ReadonlySet<number>) => readonly Float64Array[]
  /** What `compute` gives, computed once for each key while there is room. */
  readonly columnsOf: (key: string, compute: () => readonly Float64Array[]) => readonly Float64Array[]
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

export interface SeriesOptions {
  readonly maxBytes?: number | undefined
  /** The length of a bar where the smallest step of these candles does not tell it. */
  readonly barMs?: number | undefined
}

interface ColumnCache {
  readonly maxBytes: number
  /** A Map iterates in insertion order, so re-inserting on use keeps the least recently used first. */
  readonly byKey: Map<string, readonly Float64Array[]>
  heldBytes: number
}

const bytesOf = (columns: readonly Float64Array[]): number =>
  columns.reduce((bytes, { byteLength }) => bytes + byteLength, 0)

const evict = (cache: ColumnCache): void => {
  for (const [key, columns] of cache.byKey) {
    if (cache.heldBytes <= cache.maxBytes) return
    cache.byKey.delete(key)
    cache.heldBytes -= bytesOf(columns)
  }
}

const readThrough = (
  cache: ColumnCache,
  key: string,
  compute: () => readonly Float64Array[],
): readonly Float64Array[] => {
  const known = cache.byKey.get(key)
  if (known !== undefined) {
    cache.byKey.delete(key)
    cache.byKey.set(key, known)
    return known
  }
  const columns = compute()
  cache.byKey.set(key, columns)
  cache.heldBytes += bytesOf(columns)
  evict(cache)
  return columns
}

const NOT_READ = new Float64Array(0)

/** Each line is kept by itself, since hardly any program reads all lines of an indicator. */
const readLines = (
  cache: ColumnCache,
  indicator: IndicatorPlan,
  { read, compute }: { read?: ReadonlySet<number> | undefined; compute: () => readonly Float64Array[] },
): readonly Float64Array[] => {
  const key = indicatorKey(indicator)
  let computed: readonly Float64Array[] | undefined
  return definitionOf(indicator).lines.map((name, line) => {
    if (read?.has(line) === false) return NOT_READ
    const [column] = readThrough(cache, `${key}.${name}`, () => [(computed ??= compute())[line]!])
    return column!
  })
}

export const createSeriesColumns = (candles: Candles, options: SeriesOptions = {}): SeriesColumns => {
  const cache: ColumnCache = {
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    byKey: new Map(),
    heldBytes: 0,
  }
  const bars = candles.time.length
  const spareFlags: FlagColumn[] = []
  const series: SeriesColumns = {
    candles,
    bars,
    barMs: options.barMs ?? barLengthMs(candles),
    linesOf: (indicator, read) =>
      readLines(cache, indicator, { read, compute: () => computeLines(series, indicator) }),
    columnsOf: (key, compute) => readThrough(cache, key, compute),
    borrowFlags: () => spareFlags.pop() ?? allocateFlags(bars),
    giveBackFlags: (flags) => {
      spareFlags.push(flags)
    },
  }
  return series
}
