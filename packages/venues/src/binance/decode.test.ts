import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { streamRecord, type StreamRecord } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode.ts'
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
const error = { type: 'error', venue: 'binance', code: null, requestId: null }
const shutdown = { type: 'status', venue: 'binance', status: 'shutting_down', exchangeTimeMs: 1770123456789 }

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
  ['an answer without a result', { result: null, id: 1 }, { type: 'ack', requestId: 1, streams: null }],
  [
    'a list of subscriptions',
    { result: ['btcusdt@trade'], id: 3 },
    { type: 'ack', requestId: 3, streams: ['btcusdt@trade'] },
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
]

const notUnderstood: readonly (readonly [string, string, string])[] = [
  ['text that is not JSON', 'pong', 'not JSON: pong'],
  ['a frame that is no object', '[1]', 'expected an object, was [1]'],
  [
    'an event it does not know',
    '{"e":"depthUpdate"}',
    'e: expected trade, kline or serverShutdown, was depthUpdate',
  ],
  [
    'a message without event and answer',
    '{"u":1,"b":"2"}',
    'expected an event or an answer, was a message with u b',
  ],
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

describe('decodeFrame', () => {
  it.each(understood)('normalises %s', (_, frame, expected) => {
    const record = decodeFrame(JSON.stringify(frame), symbols)
    expect(record).toEqual({ venue: 'binance', ...expected })
    expect(streamRecord.parse(record)).toEqual(record)
  })

  it.each(notUnderstood)('reports %s with the reason', (_, frame, reason) => {
    expect(decodeFrame(frame, symbols)).toEqual({ ...error, reason })
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
      'id',
      'result',
    )
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom('trade', 'kline', 'BNBBTC', '1.5', 1, true))
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(keys, values).map((frame) => JSON.stringify(frame)),
    )
    fc.assert(
      fc.property(frames, (frame) => streamRecord.safeParse(decodeFrame(frame, symbols)).success),
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
  const kinds = (records: readonly StreamRecord[]) => {
    const reasons = records.map((record) => (record.type === 'error' ? record.reason : record.type))
    return Object.fromEntries(
      reasons.toSorted().map((kind) => [kind, reasons.filter((r) => r === kind).length]),
    )
  }
  const unknown = (event: string) => `e: expected trade, kline or serverShutdown, was ${event}`

  it('decode to the candles they carry and to a reason for every other kind', () => {
    const records = recorded('binance-com_20211012_4pairs.ws.txt').map((frame) => decodeFrame(frame, symbols))
    expect(kinds(records)).toEqual({
      candle: 2,
      'expected an event or an answer, was a message with u s b B a A': 84,
      [unknown('aggTrade')]: 2,
      [unknown('depthUpdate')]: 177,
    })
    expect(records.find((record) => record.type === 'candle')).toMatchObject({
      symbol: 'NKN/USDT',
      timeframe: '1m',
      openTimeMs: 1633998480000,
      closed: false,
    })
  })

  it('decode to an ack where the exchange answered', () => {
    const records = recorded('binance-com_202608_raw-frames.jsonl').map((frame) =>
      decodeFrame(frame, symbols),
    )
    expect(records[0]).toEqual({ type: 'ack', venue: 'binance', requestId: 1, streams: null })
  })

  it('name every market of a real exchangeInfo', () => {
    const [body = ''] = lines('binance-us_20211012_exchangeInfo.txt')
    const map = symbolMapFrom(JSON.parse(body.slice(body.indexOf('{'))))
    expect(map.ok && map.value.toSymbol('BTCUSD')).toBe('BTC/USD')
    expect(map.ok && map.value.toNative('ETH/BTC')).toBe('ETHBTC')
    expect(map.ok && map.value.size).toBe(121)
  })
})
