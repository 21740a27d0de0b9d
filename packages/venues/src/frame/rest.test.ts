import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tradesFromRest as binanceTrades } from '../binance/index.ts'
import {
  marketsOf as coinbaseMarkets,
  minutesOf as coinbaseMinutes,
  tradesFromRest as coinbaseTrades,
} from '../coinbase/index.ts'
import { marketsOf, minutesOf } from '../kraken/markets.ts'
import { tradesFromRest } from '../kraken/trades.ts'

describe('markets of Kraken', () => {
  it('are named as the streams name them, and as REST does', () => {
    const pair = (wsname: string, altname: string) => ({ wsname, altname })
    const markets = marketsOf({
      error: [],
      result: {
        XXBTZUSD: pair('XBT/USD', 'XBTUSD'),
        XDGUSD: pair('XDG/USD', 'XDGUSD'),
        ETHUSD: pair('ETH/USD', 'ETHUSD'),
      },
    })
    expect(['BTC/USD', 'DOGE/USD', 'ETH/USD', 'XBT/USD'].map((symbol) => markets.toRestPair(symbol))).toEqual(
      ['XBTUSD', 'XDGUSD', 'ETHUSD', undefined],
    )
    expect(markets.toNative('BTC/USD')).toBe('BTC/USD')
  })

  it.each([
    [{ error: ['EGeneral:Too many requests'] }, 'the venue refused: EGeneral:Too many requests'],
    [{ error: [] }, 'result: expected an object'],
    [{}, 'error: expected a list, was missing'],
  ])('are not read from %j', (body, reason) => {
    expect(() => marketsOf(body)).toThrow(reason)
  })
})

describe('minutes', () => {
  it('of Kraken end with the one that is open', () => {
    const row = (second: number) => [second, '1', '3', '0.5', '2', '1.5', '10', 4]
    const body = { error: [], result: { XBTUSD: [row(60), row(120)], last: 60 } }
    expect(minutesOf(body, { symbol: 'BTC/USD', nowMs: 125_000 })).toMatchObject([
      { openTimeMs: 60_000, open: '1', high: '3', low: '0.5', close: '2', volume: '10', closed: true },
      { openTimeMs: 120_000, closed: false },
    ])
  })

  it('of Coinbase come newest first and are turned round', () => {
    const row = (start: string) => ({ start, low: '0.5', high: '3', open: '1', close: '2', volume: '10' })
    const candles = coinbaseMinutes(
      { candles: [row('120'), row('60')] },
      { symbol: 'BTC/USD', nowMs: 180_000 },
    )
    expect(candles.map(({ openTimeMs, closed }) => [openTimeMs, closed])).toEqual([
      [60_000, true],
      [120_000, true],
    ])
  })
})

const captures = process.env['CONFORMANCE_DATA']

describe.skipIf(captures === undefined)('recorded answers', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(captures ?? '', 'ws-captures', file), 'utf8'))

  it('of both venues are read', () => {
    const pairs = marketsOf(read('kraken/docs-derived/http_asset_pairs.json'))
    expect(pairs.toRestPair('BTC/USDT')).toBe('XBTUSDT')
    const bars = minutesOf(read('kraken/docs-derived/http_ohlc.json'), {
      symbol: 'BTC/USDT',
      nowMs: Date.UTC(2030, 0),
    })
    expect(bars.length).toBeGreaterThan(700)
    expect(bars[0]).toMatchObject({
      openTimeMs: 1_762_777_020_000,
      open: '106038.2',
      volume: '0.00000000',
      closed: true,
    })
    const product = read('coinbase/docs-derived/http_product.json')
    expect(coinbaseMarkets({ products: [product] }).toNative('BTC/USD')).toBe('BTC-USD')
  })
})

describe('trades over REST', () => {
  it('of Binance have the side of the taker', () => {
    const row = { id: 7, price: '4.00', qty: '12.0', time: 1499865549590, isBuyerMaker: true }
    expect(binanceTrades([row, { ...row, id: 8, isBuyerMaker: false }], 'BTC/USDT')).toMatchObject([
      { venue: 'binance', symbol: 'BTC/USDT', tradeId: '7', exchangeTimeMs: 1499865549590, side: 'sell' },
      { tradeId: '8', price: '4.00', amount: '12.0', side: 'buy' },
    ])
    expect(() => binanceTrades({ code: -1003 }, 'BTC/USDT')).toThrow('expected a list of trades, was object')
  })

  it('of Kraken have fractions of a second, cut to milliseconds', () => {
    const rows = [
      ['30243.4', '0.34', 1688669597.8277369, 'b', 'm', '', 61044952],
      ['30243.5', '0.1', 1688669597.007, 's', 'l', '', 61044953],
    ]
    const body = { error: [], result: { XXBTZUSD: rows, last: '1688671969993150842' } }
    expect(tradesFromRest(body, 'BTC/USD')).toMatchObject([
      { tradeId: '61044952', exchangeTimeMs: 1688669597827, price: '30243.4', amount: '0.34', side: 'buy' },
      { tradeId: '61044953', exchangeTimeMs: 1688669597007, side: 'sell' },
    ])
    expect(() => tradesFromRest({ error: ['EQuery:Unknown asset pair'] }, 'A/B')).toThrow('the venue refused')
  })

  it('of Coinbase come newest first and have the side of the maker', () => {
    const row = { product_id: 'BTC-USD', price: '1', size: '2', time: '2026-08-09T21:05:48.8Z' }
    const trades = [
      { ...row, trade_id: '8', side: 'BUY' },
      { ...row, trade_id: '7', side: 'SELL' },
    ]
    expect(coinbaseTrades({ trades, best_bid: '1', best_ask: '2' })).toMatchObject([
      { tradeId: '7', symbol: 'BTC/USD', side: 'buy' },
      { tradeId: '8', side: 'sell', exchangeTimeMs: Date.parse('2026-08-09T21:05:48.800Z') },
    ])
  })
})
