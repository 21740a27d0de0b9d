import type { CandleRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCandleBuilder } from './candle-builder.ts'

const MINUTE_MS = 60_000
const market = { venue: 'kraken', symbol: 'BTC/USD' }
const trade = (seconds: number, price: string, amount = '1'): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: seconds * 1000,
  tradeId: '1',
  price,
  amount,
  side: 'buy',
})

const start = () => {
  const published: CandleRecord[] = []
  const builder = createCandleBuilder({ publish: (candle) => published.push(candle) })
  const rows = () =>
    published.map(({ openTimeMs, open, high, low, close, volume }) => [
      openTimeMs / MINUTE_MS,
      open,
      high,
      low,
      close,
      volume,
    ])
  return { ...builder, published, rows }
}

describe('candle builder', () => {
  it('closes a minute with the first trade of the next, and leaves out the one it began in', () => {
    const { take, rows, published } = start()
    take(trade(30, '10'), true)
    for (const [seconds, price, amount] of [
      [61, '11', '0.5'],
      [70, '13.0', '0.25'],
      [80, '9', '1'],
      [119, '12', '0.001'],
      [120, '7', '1'],
    ] as const) {
      take(trade(seconds, price, amount), true)
    }
    expect(rows()).toEqual([[1, '11', '13.0', '9', '12', '1.751']])
    expect(published[0]).toMatchObject({ ...market, timeframe: '1m', closed: true, exchangeTimeMs: 120_000 })
  })

  it('carries the last price over minutes without a trade', () => {
    const { take, rows, published } = start()
    take(trade(30, '10'), true)
    take(trade(200, '20'), true)
    expect(rows()).toEqual([
      [1, '10', '10', '10', '10', '0'],
      [2, '10', '10', '10', '10', '0'],
    ])
    expect(published.map(({ carried }) => carried)).toEqual([true, true])
  })

  it('closes by the clock of the venue, three seconds after the minute', () => {
    const { take, advance, rows } = start()
    take(trade(30, '10'), true)
    take(trade(70, '11'), true)
    advance(122_999)
    expect(rows()).toEqual([])
    advance(123_000)
    expect(rows()).toEqual([[1, '11', '11', '11', '11', '1']])
  })

  it('publishes no minute that lacks a trade', () => {
    const { take, rows } = start()
    take(trade(30, '10'), true)
    take(trade(70, '11'), true)
    take(trade(80, '12'), false)
    take(trade(130, '13'), true)
    take(trade(190, '14'), true)
    expect(rows()).toEqual([[2, '13', '13', '13', '13', '1']])
  })

  it('gives a trade on the minute to the minute that it begins', () => {
    const { take, rows } = start()
    take(trade(30, '10'), true)
    take(trade(60, '11'), true)
    take(trade(119.999, '12'), true)
    take(trade(120, '13'), true)
    take(trade(180, '14'), true)
    expect(rows()).toEqual([
      [1, '11', '12', '11', '12', '2'],
      [2, '13', '13', '13', '13', '1'],
    ])
  })

  it('keeps the order of the ids where the times go back a little', () => {
    const { take, rows } = start()
    take(trade(30, '10'), true)
    take(trade(121, '11'), true)
    take(trade(119.9, '12'), true)
    take(trade(122, '13'), true)
    take(trade(180, '14'), true)
    expect(rows()).toEqual([
      [1, '10', '10', '10', '10', '0'],
      [2, '11', '13', '11', '13', '3'],
    ])
  })

  it('begins anew where the ids do', () => {
    const { take, rows } = start()
    take(trade(600, '10'), true)
    take(trade(670, '11'), true)
    take(trade(61, '12'), false)
    take(trade(125, '13'), true)
    take(trade(180, '14'), true)
    expect(rows()).toEqual([[2, '13', '13', '13', '13', '1']])
  })

  it('invents nothing where the clock of the venue leaps, and goes on when it is back', () => {
    const { take, advance, rows } = start()
    take(trade(30, '10'), true)
    take(trade(70, '11'), true)
    advance(4e12)
    expect(rows()).toEqual([])
    take(trade(4e9, '12'), true)
    take(trade(130, '13'), true)
    take(trade(190, '14'), true)
    take(trade(240, '15'), true)
    expect(rows()).toEqual([[3, '14', '14', '14', '14', '1']])
  })

  it('invents nothing while a connection is down', () => {
    const { take, advance, suspend, rows } = start()
    take(trade(30, '10'), true)
    take(trade(70, '11'), true)
    suspend(market)
    advance(600_000)
    expect(rows()).toEqual([])
    take(trade(130, '13'), true)
    take(trade(190, '14'), true)
    expect(rows()).toEqual([
      [1, '11', '11', '11', '11', '1'],
      [2, '13', '13', '13', '13', '1'],
    ])
  })

  it('gives no bar that lacks trades of a time when the connection was down', () => {
    const { take, suspend, rows } = start()
    take(trade(30, '10'), true)
    take(trade(70, '11'), true)
    suspend(market)
    take(trade(130, '13'), false)
    take(trade(190, '14'), true)
    take(trade(240, '15'), true)
    expect(rows()).toEqual([[3, '14', '14', '14', '14', '1']])
  })

  it('gives the bars that the trades make, each minute once, for any trades', () => {
    const trades = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 150 }), price: fc.integer({ min: 1, max: 99 }) }),
      { minLength: 2, maxLength: 40 },
    )
    fc.assert(
      fc.property(trades, (steps) => {
        const { take, rows } = start()
        let seconds = 0
        const all = steps.map(({ wait, price }) => ({ seconds: (seconds += wait), price }))
        for (const { seconds: at, price } of all) take(trade(at, String(price)), true)
        const firstMinute = Math.floor(all[0]!.seconds / 60) + 1
        const lastMinute = Math.floor(all.at(-1)!.seconds / 60)
        const expected = []
        for (let minute = firstMinute; minute < lastMinute; minute++) {
          const inside = all
            .filter((step) => Math.floor(step.seconds / 60) === minute)
            .map(({ price }) => price)
          const before = all.findLast((step) => step.seconds < minute * 60)!.price
          const prices = inside.length === 0 ? [before] : inside
          const figures = [prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1), inside.length]
          expected.push([minute, ...figures.map(String)])
        }
        expect(rows()).toEqual(expected)
      }),
      { seed: 14, numRuns: 200 },
    )
  })
})
