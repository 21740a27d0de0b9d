import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { describe, expect, it } from 'vitest'
import { createCandleRepair } from './candle-repair.ts'
import type { CandleRange } from '@botcriptofy/venues/frame'

const MINUTE_MS = 60_000
const market = { venue: 'binance', symbol: 'BTC/USDT' }
const candle = (minute: number, closed = true): CandleRecord => ({
  type: 'candle',
  ...market,
  exchangeTimeMs: minute * MINUTE_MS,
  timeframe: '1m',
  openTimeMs: minute * MINUTE_MS,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '1',
  closed,
})

const startRepair = (
  lastMinute: number | undefined,
  answer: (range: CandleRange) => Promise<readonly CandleRecord[]>,
) => {
  const published: number[] = []
  const records: CandleRecord[] = []
  const asked: CandleRange[] = []
  const repair = createCandleRepair({
    timeframeMs: MINUTE_MS,
    nativeOf: () => 'BTCUSDT',
    lastOpenMs: () => (published.at(-1) ?? lastMinute ?? Number.NaN) * MINUTE_MS || undefined,
    fetchClosedCandles: (range) => {
      asked.push(range)
      return answer(range)
    },
    publish: (record) => {
      records.push(record)
      published.push(record.openTimeMs / MINUTE_MS)
    },
    metrics: streamMetrics(createMetrics('test')),
    log: createLog({ name: 'test', level: 'silent' }),
    signal: new AbortController().signal,
  })
  const take = (...candles: readonly CandleRecord[]) => {
    for (const record of candles) repair.take(record, 0)
  }
  return { take, published, records, asked }
}
const everyMinute = async (range: CandleRange) => {
  const bars: CandleRecord[] = []
  for (let openMs = range.fromMs; openMs < range.toMs; openMs += MINUTE_MS)
    bars.push(candle(openMs / MINUTE_MS))
  return bars
}

describe('createCandleRepair', () => {
  it('passes on closed candles that follow, and the first of all', () => {
    const { take, published, asked } = startRepair(undefined, everyMinute)
    take(candle(7), candle(8, false), candle(8))
    expect({ published, asked }).toEqual({ published: [7, 8], asked: [] })
  })

  it('fetches what is missing before it goes on, and holds what comes meanwhile', async () => {
    const { take, published, asked } = startRepair(5, everyMinute)
    take(candle(9), candle(10))
    expect(published).toEqual([])
    await waitFor(() => published.length === 5, { describe: 'five candles' })
    expect(published).toEqual([6, 7, 8, 9, 10])
    const range = { symbol: 'BTC/USDT', native: 'BTCUSDT' }
    expect(asked).toEqual([{ ...range, fromMs: 6 * MINUTE_MS, toMs: 9 * MINUTE_MS }])
  })

  it('asks for a thousand candles at most', async () => {
    const { take, published, asked } = startRepair(5, everyMinute)
    take(candle(3000))
    await waitFor(() => published.length === 1001, { describe: 'the candles' })
    expect(asked[0]?.fromMs).toBe(2000 * MINUTE_MS)
  })

  it.each([
    ['the newest of a hole', 3],
    ['one', 1],
  ])('asks again until all are there where one call gives %s', async (_name, count) => {
    const { take, published, asked } = startRepair(5, async (range) =>
      (await everyMinute(range)).slice(-count),
    )
    take(candle(12))
    await waitFor(() => published.length === 7, { describe: 'the candles' })
    expect(published).toEqual([6, 7, 8, 9, 10, 11, 12])
    expect(asked.length).toBe(6 / count)
  })

  it('tries again when the venue does not answer', async () => {
    let tries = 0
    const { take, published } = startRepair(5, async (range) => {
      tries += 1
      if (tries < 2) throw new Error('klines: expected HTTP 200, was 502')
      return everyMinute(range)
    })
    take(candle(7))
    await waitFor(() => published.length === 2, { describe: 'the candles' })
    expect(published).toEqual([6, 7])
  })

  it('carries the last price over a minute that the venue leaves out between two', async () => {
    const { take, published, records } = startRepair(5, async () => [candle(6), candle(9), candle(10)])
    take(candle(12))
    await waitFor(() => published.length > 0, { describe: 'the candles' })
    expect(published).toEqual([6, 7, 8, 9, 10, 12])
    expect(records.filter(({ carried }) => carried).map(({ volume, close }) => [volume, close])).toEqual([
      ['0', '1'],
      ['0', '1'],
    ])
  })

  it('leaves the hole where the venue has nothing, and invents nothing', async () => {
    const { take, published } = startRepair(5, async () => [])
    take(candle(9))
    await waitFor(() => published.length > 0, { describe: 'the candle' })
    expect(published).toEqual([9])
  })
})
