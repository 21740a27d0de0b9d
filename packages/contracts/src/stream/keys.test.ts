import { describe, expect, it } from 'vitest'
import {
  candleTapeKey,
  gapTapeKey,
  lastValueKey,
  MARKET_SHARDS,
  marketId,
  marketIndexKey,
  marketShard,
  parseMarketId,
  tradeTapeKey,
} from './keys.ts'

const bitcoin = { venue: 'binance', symbol: 'BTC/USDT' }

describe('marketShard', () => {
  // Stored keys carry the shard, so these numbers may never change.
  it.each([
    ['binance', 'BTC/USDT', 5],
    ['binance', 'ETH/USDT', 1],
    ['kraken', 'BTC/USD', 9],
    ['coinbase', 'BTC/USD', 11],
    ['binance', 'BTC/USDT:USDT', 1],
  ])('of %s %s is %i for ever', (venue, symbol, shard) => {
    expect(marketShard({ venue, symbol })).toBe(shard)
  })

  it('spreads markets over every shard', () => {
    const counts = Array.from({ length: MARKET_SHARDS }, () => 0)
    for (let at = 0; at < 1600; at += 1)
      counts[marketShard({ venue: 'binance', symbol: `C${at}/USDT` })]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(60)
    expect(Math.max(...counts)).toBeLessThan(140)
  })
})

describe('keys of a market', () => {
  it('share the hash tag of its shard', () => {
    const tag = `{md:${marketShard(bitcoin)}}`
    expect([
      tradeTapeKey(bitcoin),
      candleTapeKey(bitcoin, '1m'),
      gapTapeKey(bitcoin),
      lastValueKey(bitcoin),
      marketIndexKey(marketShard(bitcoin)),
    ]).toEqual([
      `${tag}:binance:BTC/USDT:trade`,
      `${tag}:binance:BTC/USDT:candle:1m`,
      `${tag}:binance:BTC/USDT:gap`,
      `${tag}:binance:BTC/USDT:last`,
      `${tag}:markets`,
    ])
  })
})

describe('parseMarketId', () => {
  it.each([bitcoin, { venue: 'binance', symbol: 'BTC/USDT:USDT' }])('reverses marketId for %j', (market) => {
    expect(parseMarketId(marketId(market))).toEqual(market)
  })

  it.each(['', 'binance', 'binance:', ':BTC/USDT'])('refuses %j', (id) => {
    expect(parseMarketId(id)).toBeUndefined()
  })
})
