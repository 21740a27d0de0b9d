import { generateCandles, resampleCandles } from '@botcriptofy/engine/market'
import { describe, expect, it } from 'vitest'
import { klinesOf } from './history.ts'
import type { Kline } from './kline.ts'
import { Playback } from './playback.ts'
import { prepareSeries, type Series, seriesEndMs } from './series.ts'
import type { NumberedTrade } from './trades.ts'
import { toSteps } from './units.ts'

const MINUTE_MS = 60_000
const startMs = Date.UTC(2024, 0, 1)
const candles = generateCandles({
  seed: 4,
  bars: 900,
  startMs,
  timeframeMs: MINUTE_MS,
  startPrice: 30_000,
  outagesPerDay: 20,
})

const prepared = (): Series => {
  const series = prepareSeries(candles, { timeframeMs: MINUTE_MS, seed: 9 })
  if (!series.ok) throw new Error(series.error.expected)
  return series.value
}
const series = prepared()
const endMs = seriesEndMs(series)
const intervals = new Map([
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['1h', 60 * MINUTE_MS],
])

const play = (fromMs: number, stepMs: number) => {
  const trades: NumberedTrade[] = []
  const closed: { interval: string; kline: Kline }[] = []
  const playback = new Playback({
    series,
    startMs: fromMs,
    intervals,
    events: {
      onTrade: (trade) => trades.push(trade),
      onKline: (interval, kline, state) => {
        if (state.closed) closed.push({ interval, kline: { ...kline } })
      },
    },
  })
  for (let nowMs = fromMs; nowMs < endMs + stepMs; nowMs += stepMs) playback.advance(Math.min(nowMs, endMs))
  const ofInterval = (name: string) =>
    closed.filter(({ interval }) => interval === name).map(({ kline }) => kline)
  return { trades, ofInterval }
}
const klines = (intervalMs: number, nowMs: number) => klinesOf(series, { intervalMs, limit: 10_000, nowMs })

describe('klinesOf', () => {
  it.each([...intervals])('gives the bars of the series resampled to %s', (_, intervalMs) => {
    const resampled = resampleCandles(candles, {
      toMs: intervalMs,
      fromMs: MINUTE_MS,
      incompleteEdges: 'keep',
    })
    const expected = resampled.ok ? resampled.value : candles
    const found = klines(intervalMs, endMs)
    const price = (column: Float64Array) => [...column].map((value) => toSteps(value, series.priceDecimals))
    expect(found.map((kline) => kline.openMs)).toEqual([...expected.time])
    expect(found.map((kline) => kline.open)).toEqual(price(expected.open))
    expect(found.map((kline) => kline.high)).toEqual(price(expected.high))
    expect(found.map((kline) => kline.low)).toEqual(price(expected.low))
    expect(found.map((kline) => kline.close)).toEqual(price(expected.close))
    const volumes = [...expected.volume].map((value) => toSteps(value, series.amountDecimals))
    expect(found.map((kline) => kline.volume)).toEqual(volumes)
  })

  const all = klines(MINUTE_MS, endMs)
  const [at10 = 0, at20 = 0] = [candles.time[10], candles.time[20]]
  it.each([
    ['the newest without a start', {}, all.slice(-5)],
    ['the first from a start', { startMs: at10 }, all.slice(10, 15)],
    ['whole bars from a start inside one', { startMs: at10 + 1 }, all.slice(11, 16)],
    ['the newest up to an end', { endMs: at20 }, all.slice(16, 21)],
    ['those between start and end', { startMs: at10, endMs: at10 + MINUTE_MS - 1 }, all.slice(10, 11)],
    ['none after the end of time', { startMs: endMs }, []],
    ['none before the beginning', { endMs: startMs - 1 }, []],
  ])('limits to %s', (_, range, expected) => {
    expect(klinesOf(series, { intervalMs: MINUTE_MS, limit: 5, nowMs: endMs, ...range })).toEqual(expected)
  })

  it('shows an open bar with the trades up to now', () => {
    const [open] = klines(MINUTE_MS, at10 + 30_000).slice(-1)
    const [whole] = klines(MINUTE_MS, endMs).slice(10, 11)
    expect(open?.openMs).toBe(at10)
    expect(open?.trades).toBeGreaterThan(0)
    expect(open?.trades).toBeLessThan(whole?.trades ?? 0)
  })
})

describe('Playback', () => {
  it.each([
    ['in small steps', 700],
    ['in steps over several bars', 333_000],
  ])('tells every trade and every closed bar once, %s', (_, stepMs) => {
    const { trades, ofInterval } = play(startMs - 1, stepMs)
    const lastId = series.firstTradeIds.at(-1)! - 1
    expect(trades.map((trade) => trade.id)).toEqual(Array.from({ length: lastId }, (_unused, at) => at + 1))
    expect(trades.map((trade) => trade.timeMs)).toEqual(
      trades.map((trade) => trade.timeMs).toSorted((a, b) => a - b),
    )
    for (const [name, intervalMs] of intervals) {
      const whole = klines(intervalMs, endMs).filter((kline) => kline.endMs <= endMs)
      expect(ofInterval(name)).toEqual(whole)
    }
  })

  it('goes on in the middle of a bar as if it had played the beginning', () => {
    const middleMs = candles.time[500]! + 31_000
    const { trades, ofInterval } = play(middleMs, 5000)
    const before = play(startMs - 1, 5000).trades.filter((trade) => trade.timeMs <= middleMs)
    expect(trades[0]?.id).toBe(before.length + 1)
    expect(ofInterval('1h')[0]).toEqual(klines(60 * MINUTE_MS, endMs).find((kline) => kline.endMs > middleMs))
  })
})

describe('prepareSeries', () => {
  const bar = (change: Partial<Record<keyof typeof candles, number>>) => {
    const columns = { time: startMs, open: 1, high: 2, low: 1, close: 1.5, volume: 5, ...change }
    const column = (name: keyof typeof columns) => Float64Array.of(columns[name])
    return {
      time: column('time'),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    }
  }
  it.each([
    ['a bar that no bar of the timeframe opens', { time: startMs + 1 }, 'bar 0'],
    ['prices finer than the wire can tell', { close: 1.123456789 }, 'prices'],
    ['a volume too small for the prices', { volume: 1 }, 'bar 0'],
  ])('refuses %s', (_, change, path) => {
    const series = prepareSeries(bar(change), { timeframeMs: MINUTE_MS, seed: 1 })
    expect(series).toMatchObject({ ok: false, error: { path } })
  })
})
