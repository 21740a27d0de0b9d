import { describe, expect, it } from 'vitest'
import { binanceProtocol } from '../binance/index.ts'
import { coinbaseProtocol } from '../coinbase/index.ts'
import { krakenProtocol } from '../kraken/index.ts'
import { inParts, type VenueProtocol } from './protocol.ts'

const asked = (requests: readonly { readonly frame: string }[]) =>
  requests.map(({ frame }) => JSON.parse(frame))

describe('protocols', () => {
  it('ask Binance for streams under ids that count on', () => {
    const streams = ['BTCUSDT', 'ETHUSDT'].flatMap(binanceProtocol.streamsOf)
    expect(streams).toEqual([
      'btcusdt@trade',
      'btcusdt@kline_1m',
      'btcusdt@ticker',
      'ethusdt@trade',
      'ethusdt@kline_1m',
      'ethusdt@ticker',
    ])
    const many = Array.from({ length: 150 }, (_, at) => `s${at}@trade`)
    const requests = binanceProtocol.subscribe(many, 7)
    expect(asked(requests).map(({ method, params, id }) => [method, params.length, id])).toEqual([
      ['SUBSCRIBE', 100, 7],
      ['SUBSCRIBE', 50, 8],
    ])
    expect(requests.flatMap((request) => request.streams)).toEqual(many)
  })

  it('ask Coinbase for one channel a message, under the names its answers have', () => {
    const streams = ['BTC-USD', 'ETH-USD'].flatMap(coinbaseProtocol.streamsOf)
    expect(asked(coinbaseProtocol.subscribe(streams, 1))).toEqual([
      { type: 'subscribe', channel: 'market_trades', product_ids: ['BTC-USD', 'ETH-USD'] },
      { type: 'subscribe', channel: 'ticker', product_ids: ['BTC-USD', 'ETH-USD'] },
      { type: 'subscribe', channel: 'heartbeats', product_ids: ['BTC-USD', 'ETH-USD'] },
    ])
    const { records } = coinbaseProtocol.createDecoder({
      toSymbol: () => undefined,
      toNative: () => undefined,
    })(
      '{"channel":"subscriptions","timestamp":"2026-08-12T19:27:48Z","sequence_num":1,"events":[{"subscriptions":{"market_trades":["BTC-USD","ETH-USD"],"ticker":["BTC-USD","ETH-USD"],"heartbeats":["BTC-USD","ETH-USD"]}}]}',
    )
    expect(records).toMatchObject([{ streams: expect.arrayContaining(streams) }])
  })

  it('ask Kraken for many pairs at once, under the names its answers have', () => {
    const streams = ['BTC/USD', 'ETH/USD'].flatMap(krakenProtocol.streamsOf)
    expect(asked(krakenProtocol.subscribe(streams, 3))).toEqual([
      {
        method: 'subscribe',
        params: { channel: 'trade', symbol: ['BTC/USD', 'ETH/USD'], snapshot: true },
        req_id: 3,
      },
      {
        method: 'subscribe',
        params: { channel: 'ticker', symbol: ['BTC/USD', 'ETH/USD'], snapshot: true },
        req_id: 4,
      },
    ])
    expect(streams).toEqual(['trade:BTC/USD', 'ticker:BTC/USD', 'trade:ETH/USD', 'ticker:ETH/USD'])
    const books = ['BTC/USD', 'ETH/USD'].flatMap(krakenProtocol.books.streamsOf)
    expect(asked(krakenProtocol.subscribe(books, 5))).toEqual([
      {
        method: 'subscribe',
        params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USD'], depth: 10 },
        req_id: 5,
      },
    ])
  })

  it.each([
    [
      binanceProtocol,
      'BTCUSDT',
      [
        {
          method: 'UNSUBSCRIBE',
          params: ['btcusdt@trade', 'btcusdt@kline_1m', 'btcusdt@ticker', 'btcusdt@depth@100ms'],
          id: 9,
        },
      ],
    ],
    [
      // Its heartbeats are the connection's.
      coinbaseProtocol,
      'BTC-USD',
      ['market_trades', 'ticker', 'level2'].map((channel) => ({
        type: 'unsubscribe',
        channel,
        product_ids: ['BTC-USD'],
      })),
    ],
    [
      krakenProtocol,
      'BTC/USD',
      [
        { method: 'unsubscribe', params: { channel: 'trade', symbol: ['BTC/USD'] }, req_id: 9 },
        { method: 'unsubscribe', params: { channel: 'ticker', symbol: ['BTC/USD'] }, req_id: 10 },
        { method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 }, req_id: 11 },
      ],
    ],
  ])('ask for no more of a market, whichever venue (%#)', (protocol: VenueProtocol, native, frames) => {
    const streams = [...protocol.streamsOf(native), ...protocol.books.streamsOf(native)]
    const requests = protocol.unsubscribe(streams, 9)
    expect(asked(requests)).toEqual(frames)
    const kept = streams.filter((stream) => !stream.startsWith('heartbeats:'))
    expect(requests.flatMap((request) => request.streams)).toEqual(kept)
  })
})

describe('inParts', () => {
  it.each([
    [[], 2, []],
    [[1, 2, 3], 2, [[1, 2], [3]]],
    [[1, 2], 2, [[1, 2]]],
  ])('cuts %j by %i into %j', (items, size, parts) => {
    expect(inParts(items, size)).toEqual(parts)
  })
})
