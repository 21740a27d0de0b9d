import { describe, expect, it } from 'vitest'
import type { CandleRecord, TradeRecord } from './records.ts'
import { decodeCandle, decodeTrades, encodeCandle, encodeTrades } from './tape.ts'

const market = { venue: 'binance', symbol: 'BTC/USDT' }
const trade = (change: Partial<TradeRecord>): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: 1_700_000_000_000,
  tradeId: '12345678901234567890',
  price: '0.00001000',
  amount: '100',
  side: 'buy',
  ...change,
})
const candle: CandleRecord = {
  type: 'candle',
  ...market,
  exchangeTimeMs: 1_700_000_060_000,
  timeframe: '1m',
  openTimeMs: 1_700_000_000_000,
  open: '1.10',
  high: '1.30',
  low: '1.00',
  close: '1.20',
  volume: '0.00000000',
  closed: true,
}

describe('trades of a tape entry', () => {
  it('come back as they went in, digit by digit', () => {
    const trades = [trade({}), trade({ tradeId: '12345678901234567891', side: 'sell', price: '2' })]
    expect(decodeTrades(market, encodeTrades(trades))).toEqual(trades)
  })

  it.each([
    ['an empty entry', '', 'expected id,time,price,amount,b|s, was '],
    ['an entry that ends with a separator', '1,1,2,3,b;', 'was '],
    ['a trade without an amount', '1,1,2,b', 'was 1,1,2,b'],
    ['an unknown side', '1,1,2,3,x', 'was 1,1,2,3,x'],
    ['a price in scientific form', '1,1,2e-7,3,b', 'was 1,1,2e-7,3,b'],
    ['a time that is no whole number', '1,1.5,2,3,b', 'was 1,1.5,2,3,b'],
    ['JSON', '[["1",1,"2","3","b"]]', 'expected id'],
  ])('refuse %s', (_, text, message) => {
    expect(() => decodeTrades(market, text)).toThrow(message)
  })
})

describe('candles of a tape entry', () => {
  it('come back as they went in', () => {
    expect(decodeCandle(encodeCandle(candle))).toEqual(candle)
  })

  it('refuse a field they do not know', () => {
    expect(() => decodeCandle(JSON.stringify({ ...candle, extra: 1 }))).toThrow('extra')
  })
})
