import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { streamRecord } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecodedFrame } from '../frame/index.ts'
import { createDecoder } from './decode.ts'
import { guessSymbols } from './guess-symbols.ts'
import { symbolMapFrom } from './symbols.ts'

const listing = (...markets: readonly (readonly [string, string])[]) => {
  const symbols = markets.map(([baseAsset, quoteAsset]) => ({
    symbol: baseAsset + quoteAsset,
    baseAsset,
    quoteAsset,
  }))
  const map = symbolMapFrom({ symbols })
  if (!map.ok) throw new Error(map.error.expected)
  return map.value
}
const symbols = listing(['BNB', 'BTC'], ['NKN', 'USDT'], ['BLZ', 'ETH'], ['LRC', 'BTC'], ['RUNE', 'EUR'])

const trade = {
  e: 'trade',
  E: 1672515782136,
  s: 'BNBBTC',
  t: 12345,
  p: '0.001',
  q: '100',
  T: 1672515782130,
  m: true,
  M: true,
}
const normalisedTrade = {
  type: 'trade',
  venue: 'binance',
  symbol: 'BNB/BTC',
  exchangeTimeMs: 1672515782130,
  tradeId: '12345',
  price: '0.001',
  amount: '100',
  side: 'sell',
}
const kline = {
  e: 'kline',
  E: 1672515782136,
  s: 'BNBBTC',
  k: {
    t: 1672515780000,
    T: 1672515839999,
    s: 'BNBBTC',
    i: '1m',
    f: 100,
    L: 200,
    o: '0.0010',
    c: '0.0020',
    h: '0.0025',
    l: '0.0015',
    v: '1000',
    n: 100,
    x: false,
  },
}
const normalisedKline = {
  type: 'candle',
  venue: 'binance',
  symbol: 'BNB/BTC',
  exchangeTimeMs: 1672515782136,
  timeframe: '1m',
  openTimeMs: 1672515780000,
  open: '0.0010',
  high: '0.0025',
  low: '0.0015',
  close: '0.0020',
  volume: '1000',
  closed: false,
}
const nowhere = { venue: 'binance', symbol: null, exchangeTimeMs: null }
const error = { type: 'error', ...nowhere, code: null, requestId: null }
const shutdown = { type: 'status', ...nowhere, status: 'shutting_down', exchangeTimeMs: 1770123456789 }
const ack = { type: 'ack', ...nowhere, requestId: 1, streams: null }
const quietTicker = {
  type: 'ticker',
  venue: 'binance',
  symbol: 'BNB/BTC',
  exchangeTimeMs: null,
  last: null,
  bid: null,
  bidAmount: null,
  ask: null,
  askAmount: null,
  open: null,
  high: null,
  low: null,
  volume: null,
  vwap: null,
}
const bookTicker = { u: 400900217, s: 'BNBBTC', b: '25.35', B: '31.21', a: '25.36', A: '40.66' }
const touch = { bid: '25.35', bidAmount: '31.21', ask: '25.36', askAmount: '40.66' }
const day = { o: '10', h: '30.5', l: '9', c: '25.4', v: '1000' }
const depth = {
  e: 'depthUpdate',
  E: 1672515782136,
  s: 'BNBBTC',
  U: 157,
  u: 160,
  b: [
    ['0.0024', '10'],
    ['0.0023', '0'],
  ],
  a: [],
}
const normalisedDepth = {
  type: 'book_update',
  venue: 'binance',
  symbol: 'BNB/BTC',
  exchangeTimeMs: 1672515782136,
  bids: depth.b,
  asks: [],
  firstUpdateId: 157,
  lastUpdateId: 160,
}
const partialBook = { lastUpdateId: 160, bids: [['0.0024', '10']], asks: [['0.0026', '100']] }
const normalisedPartial = {
  ...normalisedDepth,
  type: 'book_snapshot',
  exchangeTimeMs: null,
  bids: [['0.0024', '10']],
  asks: [['0.0026', '100']],
  firstUpdateId: 160,
}

const understood: readonly (readonly [string, unknown, object])[] = [
  ['a trade of a raw stream', trade, normalisedTrade],
  ['a trade of a combined stream', { stream: 'bnbbtc@trade', data: trade }, normalisedTrade],
  ['a trade whose taker bought', { ...trade, m: false }, { ...normalisedTrade, side: 'buy' }],
  ['an open kline', kline, normalisedKline],
  [
    'a closed kline',
    { stream: 'bnbbtc@kline_1m', data: { ...kline, k: { ...kline.k, x: true } } },
    { ...normalisedKline, closed: true },
  ],
  [
    'an aggregate of trades',
    { ...trade, e: 'aggTrade', a: 77, f: 1, l: 9 },
    { ...normalisedTrade, tradeId: '77' },
  ],
  ['times in microseconds', { ...trade, T: 1672515782130999 }, normalisedTrade],
  ['a book ticker, which has no time', bookTicker, { ...quietTicker, ...touch }],
  [
    'a ticker of a day',
    { ...bookTicker, e: '24hrTicker', E: 5, ...day, w: '20', P: '-2.5' },
    {
      ...quietTicker,
      ...touch,
      exchangeTimeMs: 5,
      last: '25.4',
      open: '10',
      high: '30.5',
      low: '9',
      volume: '1000',
      vwap: '20',
    },
  ],
  [
    'a small ticker',
    { stream: 'bnbbtc@miniTicker', data: { e: '24hrMiniTicker', E: 5, s: 'BNBBTC', ...day } },
    { ...quietTicker, exchangeTimeMs: 5, last: '25.4', open: '10', high: '30.5', low: '9', volume: '1000' },
  ],
  [
    'a ticker of four hours',
    { e: '4hTicker', E: 5, s: 'BNBBTC', c: '1' },
    { ...quietTicker, exchangeTimeMs: 5, last: '1' },
  ],
  ['a change of the book', depth, normalisedDepth],
  [
    'a part of the book with the market in its name',
    { stream: 'bnbbtc@depth5', data: partialBook },
    normalisedPartial,
  ],
  ['a part of the book that names no market', partialBook, { ...normalisedPartial, symbol: null }],
  ['an answer without a result', { result: null, id: 1 }, ack],
  [
    'a list of subscriptions',
    { result: ['btcusdt@trade'], id: 3 },
    { ...ack, requestId: 3, streams: ['btcusdt@trade'] },
  ],
  [
    'an answer of the WebSocket API',
    { id: 'a', status: 200, result: { subscriptionId: 0 } },
    { ...ack, requestId: 'a' },
  ],
  [
    'the end of the account stream',
    { subscriptionId: 0, event: { e: 'eventStreamTerminated', E: 1770123456789 } },
    { ...shutdown, status: 'stream_ended' },
  ],
  [
    'a refusal',
    { code: 2, msg: 'Invalid request: unknown property', id: 7 },
    { ...error, code: 2, reason: 'Invalid request: unknown property', requestId: 7 },
  ],
  [
    'a refusal in an error object',
    { error: { code: 1, msg: 'Invalid value type' }, id: 'a' },
    { ...error, code: 1, reason: 'Invalid value type', requestId: 'a' },
  ],
  ['a raw notice of shutdown', { e: 'serverShutdown', E: 1770123456789 }, shutdown],
  [
    'a combined notice of shutdown',
    { stream: '!serverShutdown', data: { e: 'serverShutdown', E: 1770123456789 } },
    shutdown,
  ],
  ['a block trade, under an id of its own', { ...trade, e: 'blockTrade' }, normalisedTrade],
  [
    'an answer to a request without id',
    { result: null, id: null },
    { type: 'ack', ...nowhere, requestId: null, streams: null },
  ],
]

const notUnderstood: readonly (readonly [string, string, string])[] = [
  ['text that is not JSON', 'pong', 'not JSON: pong'],
  ['a frame that is no object', '7', 'expected an object, was 7'],
  ['a list of what is no event', '[1]', 'expected an event or an answer, was a message with 1'],
  [
    'an event it does not know',
    '{"e":"fundingRate"}',
    'e: expected an event of a market or an account, was fundingRate',
  ],
  [
    'a message without event and answer',
    '{"u":1,"b":"2"}',
    'expected an event or an answer, was a message with u b',
  ],
  [
    'a level without amount',
    JSON.stringify({ ...depth, b: [['1']] }),
    '1: expected a decimal string, was missing',
  ],
  ['changes that are no list', JSON.stringify({ ...depth, a: {} }), 'a: expected a list, was {}'],
  [
    'a market that is not listed',
    JSON.stringify({ ...trade, s: 'XYZ' }),
    's: expected a listed market, was XYZ',
  ],
  [
    'a price that is a number',
    JSON.stringify({ ...trade, p: 0.001 }),
    'p: expected a decimal string, was 0.001',
  ],
  [
    'a trade without id',
    JSON.stringify({ ...trade, t: undefined }),
    't: expected a whole number, was missing',
  ],
  ['a kline without its bar', JSON.stringify({ ...kline, k: null }), 'i: expected text, was missing'],
  [
    'an amount in scientific form',
    JSON.stringify({ ...trade, q: '1e-7' }),
    'q: expected a decimal string, was "1e-7"',
  ],
]

describe('createDecoder', () => {
  it.each(understood)('normalises %s', (_, frame, expected) => {
    const { records, isUnderstood } = createDecoder(symbols)(JSON.stringify(frame))
    expect(records).toEqual([{ venue: 'binance', ...expected }])
    expect(streamRecord.parse(records[0])).toEqual(records[0])
    expect(isUnderstood).toBe(true)
  })

  it.each(notUnderstood)('reports %s with the reason', (_, frame, reason) => {
    expect(createDecoder(symbols)(frame)).toEqual({ records: [{ ...error, reason }], isUnderstood: false })
  })

  it.each([
    '{"subscriptionId":0,"event":{"e":"externalLockUpdate","E":5,"a":"NEO","d":"10.0","T":4}}',
    '{"e":"referencePrice","s":"BNBBTC","r":null,"t":5}',
  ])('understands %s, of which nothing is told', (frame) => {
    expect(createDecoder(symbols)(frame)).toEqual({ records: [], isUnderstood: true })
  })

  it('normalises every event of a list', () => {
    const { records } = createDecoder(symbols)(
      JSON.stringify({ stream: '!miniTicker@arr', data: [bookTicker, bookTicker] }),
    )
    expect(records).toEqual([
      { ...quietTicker, ...touch },
      { ...quietTicker, ...touch },
    ])
  })

  it('gives a valid record for any JSON and any text', () => {
    const keys = fc.constantFrom(
      'e',
      'E',
      's',
      't',
      'p',
      'q',
      'T',
      'm',
      'k',
      'stream',
      'data',
      'a',
      'b',
      'u',
      'U',
      'B',
      'A',
      'lastUpdateId',
      'bids',
      'asks',
      'event',
      'subscriptionId',
      'id',
      'result',
    )
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        'trade',
        'kline',
        'BNBBTC',
        '1.5',
        1,
        true,
        'depthUpdate',
        'executionReport',
        'btc@depth',
        [['1', '2']],
      ),
    )
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(keys, values).map((frame) => JSON.stringify(frame)),
    )
    fc.assert(
      fc.property(frames, (frame) =>
        createDecoder(symbols)(frame).records.every((record) => streamRecord.safeParse(record).success),
      ),
      { seed: 7, numRuns: 2000 },
    )
  })
})

const captures = process.env['CONFORMANCE_DATA']

describe.skipIf(captures === undefined)('recorded frames of the exchange', () => {
  const lines = (file: string) =>
    readFileSync(join(captures ?? '', 'ws-captures/binance', file), 'utf8').split('\n')
  const recorded = (file: string) =>
    lines(file)
      .map((line) => /^(?:\d+\.\d+: )?(\{.*\})$/.exec(line)?.[1])
      .filter((frame) => frame !== undefined)
  const decoded = (file: string) => recorded(file).map(createDecoder(guessSymbols))
  const kinds = (frames: readonly DecodedFrame[]) => {
    const types = frames.flatMap(({ records }) => records.map(({ type }) => type))
    return Object.fromEntries(types.toSorted().map((type) => [type, types.filter((t) => t === type).length]))
  }

  it('are all understood', () => {
    const frames = decoded('binance-com_20211012_4pairs.ws.txt')
    expect(frames.every(({ isUnderstood }) => isUnderstood)).toBe(true)
    expect(kinds(frames)).toEqual({ book_update: 177, candle: 2, ticker: 84, trade: 2 })
    expect(frames.flatMap(({ records }) => records).find((record) => record.type === 'candle')).toMatchObject(
      {
        symbol: 'NKN/USDT',
        timeframe: '1m',
        openTimeMs: 1633998480000,
        closed: false,
      },
    )
    const raw = decoded('binance-com_202608_raw-frames.jsonl')
    expect(kinds(raw)).toEqual({ ack: 1, ticker: 4 })
  })

  it('carry every update id of a book once', () => {
    const last = new Map<string | null, number | null>()
    for (const { records } of decoded('binance-com_20211012_4pairs.ws.txt')) {
      for (const record of records) {
        if (record.type !== 'book_update') continue
        const { symbol, firstUpdateId, lastUpdateId } = record
        if (last.has(symbol)) expect(firstUpdateId).toBe((last.get(symbol) ?? 0) + 1)
        last.set(symbol, lastUpdateId)
      }
    }
    expect(last.size).toBe(4)
  })

  it('name every market of a real exchangeInfo', () => {
    const [body = ''] = lines('binance-us_20211012_exchangeInfo.txt')
    const map = symbolMapFrom(JSON.parse(body.slice(body.indexOf('{'))))
    expect(map.ok && map.value.toSymbol('BTCUSD')).toBe('BTC/USD')
    expect(map.ok && map.value.toNative('ETH/BTC')).toBe('ETHBTC')
    expect(map.ok && map.value.size).toBe(121)
  })

  it('are of markets whose names can be split without the list', () => {
    const [body = ''] = lines('binance-us_20211012_exchangeInfo.txt')
    const { symbols: rows } = JSON.parse(body.slice(body.indexOf('{')))
    const listed = rows.map(({ symbol, baseAsset, quoteAsset }: Record<string, string>) => [
      symbol,
      `${baseAsset}/${quoteAsset}`,
    ])
    expect(rows.map(({ symbol }: { symbol: string }) => [symbol, guessSymbols.toSymbol(symbol)])).toEqual(
      listed,
    )
  })
})
