import { generateCandles } from '@botcriptofy/engine/market'
import { describe, expect, it } from 'vitest'
import { bookAt, type SimulatedLevel, changesOf } from './book.ts'
import { createSimulatedMarket } from './market.ts'
import { prepareSeries } from './series.ts'

const market = (() => {
  const candles = generateCandles({ seed: 3, bars: 50, startMs: 0, timeframeMs: 60_000, startPrice: 60_000 })
  const series = prepareSeries(candles, { timeframeMs: 60_000, seed: 3 })
  if (!series.ok) throw new Error('expected a market')
  return createSimulatedMarket({ symbol: 'A/B', series: series.value, clock: { nowMs: () => 0, endMs: 0 } })
})()

/** A client that applies changes, and cuts to its depth. */
const applied = (
  book: readonly SimulatedLevel[],
  changes: readonly SimulatedLevel[],
  { sign, depth }: { readonly sign: 1 | -1; readonly depth: number },
) => {
  const levels = new Map(book.map(({ price, amount }) => [price, amount]))
  for (const { price, amount } of changes) {
    if (amount === 0) levels.delete(price)
    else levels.set(price, amount)
  }
  return [...levels]
    .map(([price, amount]) => ({ price, amount }))
    .toSorted((a, b) => sign * (a.price - b.price))
    .slice(0, depth)
}

describe('bookAt', () => {
  it('gives the same book for a version again, another for others, and never a crossed one', () => {
    for (const version of [1, 2, 600, 601, 29_000]) {
      const book = bookAt(market, version, 50)
      expect(bookAt(market, version, 50)).toEqual(book)
      expect(book.bids).toHaveLength(50)
      expect(book.bids[0]!.price).toBeLessThan(book.asks[0]!.price)
    }
    expect(bookAt(market, 601, 50).bids).not.toEqual(bookAt(market, 630, 50).bids)
  })
})

describe('changesOf', () => {
  it.each([10, 25, 50])('leads a client of depth %i from any version to any later one', (depth) => {
    let book = bookAt(market, 1, 50)
    let [bids, asks] = [book.bids.slice(0, depth), book.asks.slice(0, depth)]
    for (let version = 2; version < 29_000; version += 1 + (version % 397)) {
      const next = bookAt(market, version, 50)
      bids = applied(bids, changesOf(book.bids, next.bids, depth), { sign: -1, depth })
      asks = applied(asks, changesOf(book.asks, next.asks, depth), { sign: 1, depth })
      expect(bids).toEqual(next.bids.slice(0, depth))
      expect(asks).toEqual(next.asks.slice(0, depth))
      book = next
    }
  })
})
