import { describe, expect, it } from 'vitest'
import { streamerConfig } from './config.ts'

const REQUIRED = { REDIS_URL: 'redis://127.0.0.1:6379' }
const messagesOf = (environment: Readonly<Record<string, string>>): readonly string[] =>
  streamerConfig.safeParse({ ...REQUIRED, ...environment }).error?.issues.map(({ message }) => message) ?? []

describe('the markets whose books are followed', () => {
  it('are some of those that are followed', () => {
    expect(
      messagesOf({
        STREAM_SYMBOLS: 'kraken:BTC/USD,kraken:ETH/USD',
        STREAM_BOOK_SYMBOLS: 'kraken:ETH/USD',
      }),
    ).toEqual([])
  })

  it('are refused by name where they are not', () => {
    expect(messagesOf({ STREAM_BOOK_SYMBOLS: 'binance:BTC/USDT,coinbase:BTC/USD' })).toEqual([
      'markets of STREAM_SYMBOLS, which coinbase:BTC/USD is not',
    ])
  })
})
