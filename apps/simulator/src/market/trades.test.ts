import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomOfBar, type StepBar, tradeCount, tradesNeeded, tradesOfBar } from './trades.ts'

const price = fc.integer({ min: 1, max: 10_000_000 })
const bars = fc
  .record({
    prices: fc.tuple(price, price, price, price),
    volume: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 20, max: Number.MAX_SAFE_INTEGER })),
    lengthMs: fc.constantFrom(1000, 60_000, 86_400_000),
  })
  .map(({ prices, volume, lengthMs }): StepBar => {
    const [open, close] = prices
    return {
      openMs: 1_700_000_000_000,
      lengthMs,
      open,
      close,
      volume,
      high: Math.max(...prices),
      low: Math.min(...prices),
    }
  })
  .filter((bar) => bar.volume === 0 || bar.volume >= tradesNeeded(bar))
const seeds = fc.integer({ min: 0, max: 2 ** 31 })

const tradedBars = bars.filter((bar) => bar.volume > 0)

const draw = (seed: number) => ({ random: randomOfBar(seed, 3), firstId: 1000 })

const property = (of: fc.Arbitrary<StepBar>, check: (bar: StepBar, seed: number) => void) =>
  fc.assert(fc.property(of, seeds, check), { seed: 11, numRuns: 500 })

describe('tradesOfBar', () => {
  it('rebuilds open, high, low, close and volume exactly', () => {
    property(tradedBars, (bar, seed) => {
      const trades = tradesOfBar(bar, draw(seed))
      const prices = trades.map((trade) => trade.price)
      expect({
        open: prices[0],
        high: Math.max(...prices),
        low: Math.min(...prices),
        close: prices.at(-1),
        volume: trades.reduce((sum, trade) => sum + trade.amount, 0),
      }).toEqual({ open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume })
      expect(trades.every((trade) => trade.amount >= 1)).toBe(true)
    })
  })

  it('makes none for a bar without volume', () => {
    property(bars, (bar, seed) => {
      expect(tradesOfBar({ ...bar, volume: 0 }, draw(seed))).toEqual([])
    })
  })

  it('keeps times ascending inside the bar and starts with the bar', () => {
    property(tradedBars, (bar, seed) => {
      const times = tradesOfBar(bar, draw(seed)).map((trade) => trade.timeMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(times.every((time) => time >= bar.openMs && time < bar.openMs + bar.lengthMs)).toBe(true)
      expect(times[0]).toBe(bar.openMs)
    })
  })

  it('makes as many trades as tradeCount says, the same ones for the same seed', () => {
    property(bars, (bar, seed) => {
      const trades = tradesOfBar(bar, draw(seed))
      expect(trades.map((trade) => trade.id)).toEqual(trades.map((_, at) => 1000 + at))
      expect(trades).toHaveLength(tradeCount(bar, randomOfBar(seed, 3)))
      expect(tradesOfBar(bar, draw(seed))).toEqual(trades)
    })
  })

  it('tells the taker by the tick where the price moved', () => {
    const bar = { openMs: 0, lengthMs: 60_000, open: 100, high: 130, low: 80, close: 120, volume: 5000 }
    const trades = tradesOfBar(bar, draw(1))
    const moves = trades.slice(1).map((trade, at) => Math.sign(trade.price - trades[at]!.price))
    const takers = trades.slice(1).map((trade) => (trade.takerSells ? -1 : 1))
    expect(moves.some((move) => move !== 0)).toBe(true)
    expect(takers).toEqual(moves.map((move, at) => (move === 0 ? takers[at] : move)))
  })
})
