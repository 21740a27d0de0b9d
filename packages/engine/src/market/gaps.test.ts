import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Candles } from './candles.ts'
import { createCandleCsvParser } from './csv.ts'
import { barLengthMs, findGaps, looksLikeSeconds } from './gaps.ts'

const flatBars = (times: readonly number[]): Candles => {
  const ones = new Float64Array(times.length).fill(1)
  return { time: Float64Array.from(times), open: ones, high: ones, low: ones, close: ones, volume: ones }
}

describe('looksLikeSeconds', () => {
  const START = 1_700_000_000
  it.each<readonly [string, readonly number[], boolean]>([
    ['hours in seconds', [START, START + 3600, START + 10_800], true],
    ['days in seconds', [START, START + 86_400], true],
    ['hours in milliseconds', [START * 1000, START * 1000 + 3_600_000], false],
    ['minutes of 1970 in milliseconds', [START, START + 60_000], false],
    ['made-up stamps', [0, 60, 120], false],
    ['one bar', [START], false],
    ['no bar', [], false],
  ])('says of %s what they look like', (_, times, expected) => {
    expect(looksLikeSeconds(flatBars(times))).toBe(expected)
  })
})

describe('findGaps', () => {
  it('takes the smallest step for the length of a bar and lists what is missing', () => {
    expect(findGaps(flatBars([0, 60, 120, 300, 360, 540]))).toEqual({
      barMs: 60,
      gaps: [
        { fromMs: 180, toMs: 300, missing: 2 },
        { fromMs: 420, toMs: 540, missing: 2 },
      ],
      missing: 4,
    })
  })

  it('measures against a given length', () => {
    expect(findGaps(flatBars([0, 120, 240]), 60).missing).toBe(2)
  })

  it('counts whole missing bars only', () => {
    expect(findGaps(flatBars([0, 60, 150]), 60).gaps).toEqual([])
  })

  it.each([[[]], [[5]]])('knows no bar length for opens %j', (times) => {
    expect(findGaps(flatBars(times))).toEqual({ barMs: undefined, gaps: [], missing: 0 })
    expect(barLengthMs(flatBars(times))).toBeUndefined()
  })
})

const dataDirectory = process.env['CONFORMANCE_DATA']

describe.skipIf(dataDirectory === undefined)('findGaps on real candles', () => {
  it.each([
    ['candles/coinbase-BTC-USD-1d.csv', 1318, 34],
    ['candles/binance-BTCUSDT-1h.csv', 23_988, 12],
    ['candles/coinbase-ETH-USD-1m-2018-04.csv', 2449, 431],
    ['candles/ft-UNITTEST_BTC-1m.csv', 13_681, 717],
    ['candles/bybit-ETHUSDT-5m.csv', 25_920, 0],
    ['candles/GOOG-1d.csv', 2148, 969],
    ['candles-more/binance-FTTUSDT-1h.csv', 16_522, 7478],
  ])('counts what is known to be missing in %s', (file, bars, missing) => {
    const parser = createCandleCsvParser()
    parser.push(readFileSync(join(dataDirectory ?? '', file), 'utf8'))
    const result = parser.end()
    if (!result.ok) throw new Error(`${result.error.path}: ${result.error.expected}`)
    expect(result.value.time.length).toBe(bars)
    expect(findGaps(result.value).missing).toBe(missing)
  })
})
