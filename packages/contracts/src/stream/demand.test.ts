import { describe, expect, it } from 'vitest'
import { demandMember, parseDemandMember } from './demand.ts'

describe('members of a demand set', () => {
  it.each([
    ['market', 'BTC/USDT', 'bot-1'],
    ['book', 'BTC/USDT:USDT', 'a subscriber of: any / text'],
  ] as const)('say that %s of %s is wanted', (channel, symbol, subscriber) => {
    const want = { channel, market: { venue: 'binance', symbol } }
    expect(parseDemandMember(demandMember(want, subscriber))).toEqual(want)
  })

  it.each(['', 'market', 'market binance', 'candles binance:BTC/USDT bot-1'])('are not %j', (member) => {
    expect(parseDemandMember(member)).toBeUndefined()
  })
})
