import { describe, expect, it } from 'vitest'
import { allocateCandles } from '../market/index.ts'
import { createSeriesColumns } from './series-columns.ts'

const BARS = 4
const COLUMN_BYTES = BARS * 8

/** A series with room for so many columns, and the keys that were computed, in order. */
const counted = (columns: number) => {
  const computed: string[] = []
  const candles = allocateCandles(BARS, { shared: false })
  const series = createSeriesColumns(candles, { maxBytes: columns * COLUMN_BYTES })
  const read = (key: string): void => {
    series.columnsOf(key, () => {
      computed.push(key)
      return [new Float64Array(BARS)]
    })
  }
  return { computed, read }
}

describe('createSeriesColumns', () => {
  it('computes a column once', () => {
    const { computed, read } = counted(2)
    for (const key of ['a', 'b', 'a', 'b', 'a']) read(key)
    expect(computed).toEqual(['a', 'b'])
  })

  it('drops the least recently used one when there is no room', () => {
    const { computed, read } = counted(2)
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) read(key)
    expect(computed).toEqual(['a', 'b', 'c', 'b'])
  })

  it('finds room again for each that it drops', () => {
    const { computed, read } = counted(2)
    for (const key of ['a', 'b', 'c', 'd', 'c', 'd']) read(key)
    expect(computed).toEqual(['a', 'b', 'c', 'd'])
  })

  it('takes the smallest step for the length of a bar unless it is told', () => {
    const candles = allocateCandles(3, { shared: false })
    candles.time.set([0, 120_000, 180_000])
    expect(createSeriesColumns(candles).barMs).toBe(60_000)
    expect(createSeriesColumns(candles, { barMs: 30_000 }).barMs).toBe(30_000)
    expect(createSeriesColumns(allocateCandles(1, { shared: false })).barMs).toBeUndefined()
  })
})
