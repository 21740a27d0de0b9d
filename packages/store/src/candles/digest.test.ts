import { createHash } from 'node:crypto'
import { CANDLE_COLUMNS, type Candles, generateCandles, sliceCandles } from '@botcriptofy/engine/market'
import { describe, expect, it } from 'vitest'
import { digestCandles, digestMonths } from './digest.ts'

const HOUR_MS = 3_600_000
const candles = generateCandles({
  seed: 2,
  bars: 24 * 60,
  startMs: Date.UTC(2023, 11, 20),
  timeframeMs: HOUR_MS,
  startPrice: 100,
})

/** The definition, written out the slow way: columns one after the other, each number as 8 little-endian bytes. */
const sha256ByDefinition = (bars: Candles): string => {
  const hash = createHash('sha256')
  for (const name of CANDLE_COLUMNS) {
    for (const value of bars[name]) {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleLE(value)
      hash.update(bytes)
    }
  }
  return hash.digest('hex')
}

describe('digestMonths', () => {
  it('splits at the starts of UTC months and hashes each by its definition', () => {
    const months = digestMonths(candles)
    expect(months.map(({ monthMs }) => new Date(monthMs).toISOString().slice(0, 10))).toEqual([
      '2023-12-01',
      '2024-01-01',
      '2024-02-01',
    ])
    let from = 0
    for (const month of months) {
      const part = sliceCandles(candles, from, from + month.bars)
      expect(month).toMatchObject({
        firstMs: part.time[0],
        lastMs: part.time.at(-1),
        sha256: sha256ByDefinition(part),
      })
      from += month.bars
    }
    expect(from).toBe(candles.time.length)
  })

  it('finds no month where there is no bar', () => {
    expect(digestMonths(sliceCandles(candles, 0, 0))).toEqual([])
  })
})

describe('digestCandles', () => {
  it('moves with every number and does not depend on the memory the bars lie in', () => {
    const digest = digestCandles(candles)
    const shared = new Float64Array(new SharedArrayBuffer(candles.close.byteLength))
    shared.set(candles.close)
    expect(digestCandles({ ...candles, close: shared })).toBe(digest)
    for (const name of CANDLE_COLUMNS) {
      const column = candles[name].slice()
      column[700] = column[700]! + 1
      expect(digestCandles({ ...candles, [name]: column })).not.toBe(digest)
    }
    expect(digestCandles(sliceCandles(candles, 0, candles.time.length - 1))).not.toBe(digest)
  })
})
