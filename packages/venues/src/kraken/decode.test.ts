import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { streamRecord } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecoder } from './decode.ts'

const nowhere = { venue: 'kraken', symbol: null, exchangeTimeMs: null }
const TIME = '2023-10-06T17:35:55.440295Z'
const TIME_MS = 1_696_613_755_440
const at = { venue: 'kraken', symbol: 'BTC/USD', exchangeTimeMs: TIME_MS }
const channel = (name: string, rows: string, type = 'update') =>
  `{"channel":"${name}","type":"${type}","data":[${rows}]}`

const execution = {
  order_id: 'O1',
  cl_ord_id: 'c1',
  symbol: 'BTC/USD',
  order_status: 'partially_filled',
  exec_type: 'trade',
  side: 'buy',
  order_type: 'limit',
  limit_price: 30000.5,
  order_qty: 1,
  cum_qty: 0.5,
  avg_price: 30000,
  exec_id: 'T1',
  last_price: 30000,
  last_qty: 0.5,
  liquidity_ind: 'm',
  fees: [{ asset: 'USD', qty: 1.25 }],
  timestamp: TIME,
}
const order = {
  type: 'order',
  ...at,
  orderId: 'O1',
  clientOrderId: 'c1',
  status: 'partially_filled',
  side: 'buy',
  orderType: 'limit',
  price: '30000.5',
  amount: '1',
  filledAmount: '0.5',
  averagePrice: '30000',
  reason: null,
}
const fill = {
  type: 'fill',
  ...at,
  tradeId: 'T1',
  orderId: 'O1',
  clientOrderId: 'c1',
  side: 'buy',
  price: '30000',
  amount: '0.5',
  fees: [{ currency: 'USD', amount: '1.25' }],
  isMaker: true,
}

const understood: readonly (readonly [string, string, readonly object[]])[] = [
  [
    'trades with the digits that were printed',
    channel(
      'trade',
      `{"symbol":"BTC/USD","side":"buy","price":105944.20,"qty":0.00027600,"ord_type":"limit","trade_id":10218208,"timestamp":"${TIME}"}`,
    ),
    [{ type: 'trade', ...at, tradeId: '10218208', price: '105944.20', amount: '0.00027600', side: 'buy' }],
  ],
  [
    'a quantity in scientific form as a plain decimal',
    channel(
      'trade',
      `{"symbol":"BTC/USD","side":"sell","price":1,"qty":5.1e-05,"trade_id":1,"timestamp":"${TIME}"}`,
    ),
    [{ type: 'trade', ...at, tradeId: '1', price: '1', amount: '0.000051', side: 'sell' }],
  ],
  [
    'a ticker',
    channel(
      'ticker',
      `{"symbol":"BTC/USD","bid":1.0,"bid_qty":2,"ask":1.1,"ask_qty":3,"last":1.05,"volume":9,"vwap":1.01,"low":0.9,"high":1.2,"change":-0.7,"timestamp":"${TIME}"}`,
    ),
    [
      {
        type: 'ticker',
        ...at,
        last: '1.05',
        bid: '1.0',
        bidAmount: '2',
        ask: '1.1',
        askAmount: '3',
        open: null,
        high: '1.2',
        low: '0.9',
        volume: '9',
        vwap: '1.01',
      },
    ],
  ],
  [
    'bars, of which only the newest is open',
    `{"channel":"ohlc","type":"snapshot","timestamp":"${TIME}","data":[${[0, 5].map((minute) => `{"symbol":"BTC/USD","open":1,"high":2,"low":0.5,"close":1.5,"volume":9,"interval_begin":"1970-01-01T00:0${minute}:00.000000000Z","interval":5}`).join()}]}`,
    [true, false].map((closed, bar) => ({
      type: 'candle',
      ...at,
      timeframe: '5m',
      openTimeMs: bar * 3e5,
      open: '1',
      high: '2',
      low: '0.5',
      close: '1.5',
      volume: '9',
      closed,
    })),
  ],
  [
    'an update of currencies alone',
    '{"channel":"instrument","type":"update","data":{"assets":[{"id":"USD","status":"enabled"}]}}',
    [],
  ],
  [
    'the rules of a market',
    '{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","status":"online","price_increment":0.1,"qty_increment":0.00000001,"qty_min":0.00005,"cost_min":0.5}]}}',
    [
      {
        type: 'instrument',
        venue: 'kraken',
        symbol: 'BTC/USD',
        exchangeTimeMs: null,
        status: 'online',
        priceTick: '0.1',
        quantityStep: '0.00000001',
        minQuantity: '0.00005',
        minNotional: '0.5',
      },
    ],
  ],
  ['a fill and the order it belongs to', channel('executions', JSON.stringify(execution)), [order, fill]],
  [
    'an order of which little is told',
    channel(
      'executions',
      '{"order_id":"O1","exec_type":"canceled","order_status":"canceled","reason":"User requested"}',
    ),
    [
      {
        type: 'order',
        ...nowhere,
        orderId: 'O1',
        clientOrderId: null,
        status: 'cancelled',
        side: null,
        orderType: null,
        price: null,
        amount: null,
        filledAmount: null,
        averagePrice: null,
        reason: 'User requested',
      },
    ],
  ],
  [
    'a balance with what moved it',
    channel('balances', `{"asset":"BTC","amount":-0.01,"balance":1.5,"timestamp":"${TIME}"}`),
    [
      {
        type: 'balance',
        ...at,
        symbol: null,
        currency: 'BTC',
        free: null,
        locked: null,
        total: '1.5',
        change: '-0.01',
      },
    ],
  ],
  [
    'the state of the venue, under an id above 2^53',
    channel(
      'status',
      '{"version":"2.0.10","system":"cancel_only","api_version":"v2","connection_id":17843232920108168701}',
    ),
    [{ type: 'status', ...nowhere, status: 'cancel_only' }],
  ],
  ['a heartbeat', '{"channel":"heartbeat"}', [{ type: 'heartbeat', ...nowhere }]],
  [
    'an answer to a ping',
    `{"method":"pong","req_id":42,"time_out":"${TIME}"}`,
    [{ type: 'heartbeat', ...nowhere, exchangeTimeMs: TIME_MS }],
  ],
  [
    'a subscription',
    `{"method":"subscribe","req_id":1,"result":{"channel":"book","depth":10,"snapshot":true,"symbol":"BTC/USD"},"success":true,"time_out":"${TIME}"}`,
    [{ type: 'ack', ...at, requestId: 1, streams: ['book:BTC/USD'] }],
  ],
  [
    'an order that was accepted',
    '{"method":"add_order","req_id":42,"success":true,"result":{"order_id":"OABCDE"}}',
    [{ type: 'ack', ...nowhere, requestId: 42, streams: null }],
  ],
  [
    'a refusal',
    '{"error":"Currency pair not supported XBT/USD","method":"subscribe","success":false,"symbol":"XBT/USD"}',
    [
      {
        type: 'error',
        ...nowhere,
        symbol: 'XBT/USD',
        code: null,
        requestId: null,
        reason: 'Currency pair not supported XBT/USD',
      },
    ],
  ],
  [
    'a refusal of too many requests',
    '{"Error":"Exceeded msg rate"}',
    [{ type: 'error', ...nowhere, code: null, requestId: null, reason: 'Exceeded msg rate' }],
  ],
]

const notUnderstood: readonly (readonly [string, string, string])[] = [
  ['text that is not JSON', '{"channel":"book"', 'not JSON: {"channel":"book"'],
  ['a number with a zero before it', '{"method":"pong","req_id":01}', 'not JSON'],
  ['a frame of the API before', '[0,{"c":"1"},"book-10","XBT/USD"]', 'expected an object, was'],
  [
    'a message that says nothing',
    '{"result":1}',
    'expected a channel or a method, was a message with result',
  ],
  ['a channel it does not know', channel('level3', ''), 'was level3'],
  [
    'a price that is text',
    channel(
      'trade',
      `{"symbol":"BTC/USD","side":"buy","price":"high","qty":1,"trade_id":1,"timestamp":"${TIME}"}`,
    ),
    'price: expected a number, was "high"',
  ],
  [
    'a price below 0',
    channel(
      'trade',
      `{"symbol":"BTC/USD","side":"buy","price":-1,"qty":1,"trade_id":1,"timestamp":"${TIME}"}`,
    ),
    'price: expected a number of at least 0',
  ],
  [
    'a number too large to print',
    channel(
      'trade',
      `{"symbol":"BTC/USD","side":"buy","price":1e400,"qty":1,"trade_id":1,"timestamp":"${TIME}"}`,
    ),
    'price: expected a number, was "1e400"',
  ],
  ['a state it does not know', channel('status', '{"system":"asleep"}'), 'system: expected one of'],
  ['an answer without success', '{"method":"subscribe"}', 'success: expected true or false, was undefined'],
]

describe('decoder', () => {
  it.each(understood)('normalises %s', (_, frame, expected) => {
    const { records, isUnderstood } = createDecoder()(frame)
    expect(records).toEqual(expected)
    for (const record of records) expect(streamRecord.parse(record)).toEqual(record)
    expect(isUnderstood).toBe(true)
  })

  it.each(notUnderstood)('reports %s with the reason', (_, frame, reason) => {
    const { records, isUnderstood } = createDecoder()(frame)
    expect(isUnderstood).toBe(false)
    expect(records).toEqual([
      { type: 'error', ...nowhere, code: null, requestId: null, reason: expect.stringContaining(reason) },
    ])
  })

  it('gives valid records for any JSON and any text', () => {
    const rows = fc.array(
      fc.dictionary(
        fc.constantFrom(
          'symbol',
          'price',
          'qty',
          'side',
          'timestamp',
          'trade_id',
          'bids',
          'checksum',
          'asset',
          'balance',
        ),
        fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom('BTC/USD', 'buy', TIME)),
      ),
    )
    const channels = fc.constantFrom(
      'trade',
      'book',
      'ticker',
      'ohlc',
      'status',
      'executions',
      'balances',
      'instrument',
    )
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ channel: channels, type: fc.constantFrom('snapshot', 'update'), data: rows })
        .map((frame) => JSON.stringify(frame)),
    )
    const decode = createDecoder()
    fc.assert(
      fc.property(frames, (frame) =>
        decode(frame).records.every((record) => streamRecord.safeParse(record).success),
      ),
      { seed: 9, numRuns: 500 },
    )
  })
})

const captures = process.env['CONFORMANCE_DATA']

describe.skipIf(captures === undefined)('recorded frames of the exchange', () => {
  const folder = join(captures ?? '', 'ws-captures/kraken')
  const lines = (file: string) => readFileSync(join(folder, file), 'utf8').trim().split('\n')

  it.each([
    'v2_book10_btcusd_20260812.jsonl',
    'v2_ohlc_btcusd_20260812.jsonl',
    'v2_ticker_btcusd_20260812.jsonl',
  ])('of %s are all understood', (file) => {
    const decode = createDecoder()
    const decoded = lines(file).map((line) => decode(line))
    expect(decoded.filter(({ isUnderstood }) => !isUnderstood)).toEqual([])
    const judged = decoded
      .flatMap(({ records }) => records)
      .flatMap((record) => ('checksumOk' in record ? [record.checksumOk] : []))
    expect(judged).toEqual(file.includes('book') ? [true, true] : [])
  })

  /** A frame of the API before, which has the same checksums, in the words of v2; `asNumber` prints its decimals. */
  const converted = (line: string, asNumber: (decimal: string) => string): string | undefined => {
    const frame = /^\d+\.\d+: (\[.*\])$/.exec(line)?.[1]
    if (frame === undefined) return undefined
    const parts = JSON.parse(frame)
    const symbol = String(parts.at(-1)).replace('XBT', 'BTC')
    const fields = Object.assign({}, ...parts.slice(1, -2))
    const side = (rows: readonly string[][] = []) =>
      `[${rows.map(([price = '', qty = '']) => `{"price":${asNumber(price)},"qty":${asNumber(qty)}}`).join()}]`
    const checksum = fields.c === undefined ? '' : `,"checksum":${fields.c}`
    const [bids, asks] = [side(fields.bs ?? fields.b), side(fields.as ?? fields.a)]
    const type = 'as' in fields ? 'snapshot' : 'update'
    return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":${bids},"asks":${asks}${checksum}}]}`
  }

  it.each([
    ['as they were printed', (text: string) => text],
    ['without the zeros at their ends', (text: string) => String(Number(text))],
  ])('verify the checksums of ten books of depth 1,000, decimals %s', (_, asNumber) => {
    const file = gunzipSync(readFileSync(join(folder, 'v1-legacy_20210417_book1000_first2000.ws.txt.gz')))
    const decode = createDecoder()
    const judged = file
      .toString('utf8')
      .split('\n')
      .flatMap((line) => converted(line, asNumber) ?? [])
      .flatMap((frame) => decode(frame).records)
      .flatMap((record) => ('checksumOk' in record ? [record.checksumOk] : []))
    expect(judged.length).toBeGreaterThan(1900)
    expect(judged.filter((isOk) => isOk !== true)).toEqual([])
  })
})
