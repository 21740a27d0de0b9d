import { allocateCandles, CANDLE_COLUMNS, type Candles, sliceCandles } from '@botcriptofy/engine/market'

export interface Merge {
  /** Given bars at times that were free. */
  readonly added: Candles
  /** Given bars that differ from the stored ones at their times. */
  readonly changed: Candles
  /** Both together; where both have a bar, the given one. */
  readonly merged: Candles
}

/** Joins two ascending series in one pass. */
export const mergeCandles = (stored: Candles, given: Candles): Merge => {
  const added = createColumns(given.time.length)
  const changed = createColumns(given.time.length)
  const merged = createColumns(stored.time.length + given.time.length)
  let s = 0
  for (let g = 0; g < given.time.length; g++) {
    const time = given.time[g]!
    while (s < stored.time.length && stored.time[s]! < time) merged.append(stored, s++)
    if (stored.time[s] !== time) {
      added.append(given, g)
    } else {
      if (isDifferent(stored, s, { other: given, at: g })) changed.append(given, g)
      s++
    }
    merged.append(given, g)
  }
  while (s < stored.time.length) merged.append(stored, s++)
  return { added: added.end(), changed: changed.end(), merged: merged.end() }
}

const isDifferent = (
  one: Candles,
  index: number,
  { other, at }: { readonly other: Candles; readonly at: number },
): boolean =>
  one.open[index] !== other.open[at] ||
  one.high[index] !== other.high[at] ||
  one.low[index] !== other.low[at] ||
  one.close[index] !== other.close[at] ||
  one.volume[index] !== other.volume[at]

const createColumns = (capacity: number) => {
  const columns = allocateCandles(capacity, { shared: false })
  let bars = 0
  const append = (from: Candles, index: number): void => {
    for (const name of CANDLE_COLUMNS) columns[name][bars] = from[name][index]!
    bars++
  }
  return { append, end: (): Candles => sliceCandles(columns, 0, bars) }
}
