import { CANDLE_COLUMNS, type Candles, generateCandles } from '@botcriptofy/engine/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRowDecoder, encodeRows } from './copy-format.ts'
import { digestCandles } from './digest.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')

/** What Postgres sends: the signature, six float8 a row, the end mark. */
const sentByServer = (candles: Candles): Buffer => {
  const rows = Array.from(candles.time, (_, i) => {
    const row = Buffer.alloc(74)
    row.writeInt16BE(6, 0)
    for (const [column, name] of CANDLE_COLUMNS.entries()) {
      row.writeInt32BE(8, 2 + column * 12)
      row.writeDoubleBE(candles[name][i]!, 6 + column * 12)
    }
    return row
  })
  return Buffer.concat([SIGNATURE, ...rows, Buffer.from([0xff, 0xff])])
}

const candlesOf = (bars: number) =>
  generateCandles({ seed: 4, bars, startMs: Date.UTC(2024, 0, 1), timeframeMs: 60_000, startPrice: 100 })

describe('createRowDecoder', () => {
  it('reads the same bars however the bytes are cut', () => {
    const candles = candlesOf(20)
    const bytes = sentByServer(candles)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const decoder = createRowDecoder()
        let from = 0
        for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
          decoder.push(bytes.subarray(from, to))
          from = to
        }
        expect(decoder.end({ shared: false })).toEqual(candles)
      }),
      { seed: 11, numRuns: 100 },
    )
  })

  it('keeps the order over more rows than one of its blocks', () => {
    const candles = candlesOf(70_000)
    const decoder = createRowDecoder()
    decoder.push(sentByServer(candles))
    expect(digestCandles(decoder.end({ shared: false }))).toBe(digestCandles(candles))
  })

  it('refuses bytes that end early', () => {
    const bytes = sentByServer(candlesOf(3))
    for (const length of [0, 10, 19, 100, bytes.length - 1]) {
      const decoder = createRowDecoder()
      decoder.push(bytes.subarray(0, length))
      expect(() => decoder.end({ shared: false })).toThrow(/^expected the end mark of a binary COPY/)
    }
  })
})

describe('encodeRows', () => {
  it('writes the series, the time as int8 and the prices as float8', () => {
    const id = '0197a0a0-1234-7000-8000-0123456789ab'
    const candles = candlesOf(5000)
    const bytes = Buffer.concat([...encodeRows(id, candles)])
    expect(bytes.subarray(0, 19)).toEqual(SIGNATURE)
    expect(bytes.length).toBe(19 + 5000 * 94 + 2)
    for (const i of [0, 1, 4095, 4096, 4999]) {
      const row = bytes.subarray(19 + i * 94, 19 + (i + 1) * 94)
      expect(row.readInt16BE(0)).toBe(7)
      expect(row.subarray(6, 22).toString('hex')).toBe(id.replaceAll('-', ''))
      expect(Number(row.readBigInt64BE(26))).toBe(candles.time[i])
      expect(row.readDoubleBE(38)).toBe(candles.open[i])
      expect(row.readDoubleBE(86)).toBe(candles.volume[i])
    }
    expect(bytes.readInt16BE(bytes.length - 2)).toBe(-1)
  })
})
