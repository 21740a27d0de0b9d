import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type BookRecord, streamRecord, type TradeRecord } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecoder, decodeFrame } from './decode.ts'

const TIME = '2026-08-12T19:27:48.364886251Z'
const TIME_MS = 1_786_562_868_364
const frame = (channel: string, events: readonly object[], sequence = 2) =>
  JSON.stringify({ channel, timestamp: TIME, sequence_num: sequence, events })

const trade = (id: number, side = 'BUY', time = '2026-08-12T19:27:48.300Z') => ({
  product_id: 'BTC-USD',
  trade_id: String(id),
  price: '63310.25',
  size: '0.00000012',
  time,
  side,
})
const normalisedTrade = {
  type: 'trade',
  venue: 'coinbase',
  symbol: 'BTC/USD',
  exchangeTimeMs: TIME_MS - 64,
  tradeId: '7',
  price: '63310.25',
  amount: '0.00000012',
  side: 'sell',
}
const nowhere = { venue: 'coinbase', symbol: null, exchangeTimeMs: TIME_MS }
const level = (side: string, price: string, quantity: string) => ({
  side,
  event_time: TIME,
  price_level: price,
  new_quantity: quantity,
})
const book = {
  type: 'book_update',
  venue: 'coinbase',
  symbol: 'BTC/USD',
  exchangeTimeMs: TIME_MS,
  bids: [
    ['100', '1'],
    ['99', '0'],
  ],
  asks: [['101', '2']],
  firstUpdateId: 9,
  lastUpdateId: 9,
}
const levels = [level('bid', '100', '1'), level('offer', '101', '2'), level('bid', '99', '0')]
const candle = (start: number) => ({
  start: String(start),
  product_id: 'BTC-USD',
  open: '1',
  high: '3',
  low: '0.5',
  close: '2',
  volume: '10',
})
const normalisedCandle = {
  type: 'candle',
  venue: 'coinbase',
  symbol: 'BTC/USD',
  exchangeTimeMs: TIME_MS,
  timeframe: '5m',
  openTimeMs: 3e5,
  open: '1',
  high: '3',
  low: '0.5',
  close: '2',
  volume: '10',
  closed: false,
}
const order = {
  order_id: 'a1',
  client_order_id: 'c1',
  cumulative_quantity: '0.4',
  leaves_quantity: '0.6',
  avg_price: '100',
  status: 'OPEN',
  product_id: 'BTC-USD',
  order_side: 'BUY',
  order_type: 'Limit',
  cancel_reason: '',
  reject_reason: '',
}
const normalisedOrder = {
  type: 'order',
  venue: 'coinbase',
  symbol: 'BTC/USD',
  exchangeTimeMs: TIME_MS,
  orderId: 'a1',
  clientOrderId: 'c1',
  status: 'partially_filled',
  side: 'buy',
  orderType: 'limit',
  price: null,
  amount: null,
  filledAmount: '0.4',
  averagePrice: '100',
  reason: null,
}

const understood: readonly (readonly [string, string, readonly object[]])[] = [
  [
    'a trade, whose side is the maker’s',
    frame('market_trades', [{ type: 'update', trades: [trade(7)] }]),
    [normalisedTrade],
  ],
  [
    'trades, the newest of which comes first',
    frame('market_trades', [{ type: 'snapshot', trades: [trade(8, 'SELL'), trade(7)] }]),
    [normalisedTrade, { ...normalisedTrade, tradeId: '8', side: 'buy' }],
  ],
  [
    'a trade of year 1, by the time of its frame',
    frame('market_trades', [{ type: 'update', trades: [trade(7, 'BUY', '0001-01-01T00:00:00Z')] }]),
    [{ ...normalisedTrade, exchangeTimeMs: TIME_MS }],
  ],
  [
    'changes of a book',
    frame('l2_data', [{ type: 'update', product_id: 'BTC-USD', updates: levels }], 9),
    [book],
  ],
  [
    'a whole book',
    frame('l2_data', [{ type: 'snapshot', product_id: 'BTC-USD', updates: levels }], 9),
    [{ ...book, type: 'book_snapshot' }],
  ],
  [
    'a ticker',
    frame('ticker', [
      {
        type: 'update',
        tickers: [
          {
            product_id: 'BTC-USD',
            price: '100',
            best_bid: '99',
            best_bid_quantity: '1',
            best_ask: '101',
            best_ask_quantity: '2',
            volume_24_h: '1000',
            low_24_h: '90',
            high_24_h: '110',
          },
        ],
      },
    ]),
    [
      {
        type: 'ticker',
        venue: 'coinbase',
        symbol: 'BTC/USD',
        exchangeTimeMs: TIME_MS,
        last: '100',
        bid: '99',
        bidAmount: '1',
        ask: '101',
        askAmount: '2',
        open: null,
        high: '110',
        low: '90',
        volume: '1000',
        vwap: null,
      },
    ],
  ],
  [
    'bars of five minutes, of which only the newest is open',
    frame('candles', [{ type: 'snapshot', candles: [candle(600), candle(300)] }]),
    [
      { ...normalisedCandle, closed: true },
      { ...normalisedCandle, openTimeMs: 600_000 },
    ],
  ],
  [
    'the rules of a market',
    frame('status', [
      {
        type: 'snapshot',
        products: [
          {
            id: 'BTC-USD',
            status: 'online',
            base_increment: '0.00000001',
            quote_increment: '0.01',
            min_market_funds: '1',
          },
        ],
      },
    ]),
    [
      {
        type: 'instrument',
        venue: 'coinbase',
        symbol: 'BTC/USD',
        exchangeTimeMs: TIME_MS,
        status: 'online',
        priceTick: '0.01',
        quantityStep: '0.00000001',
        minQuantity: null,
        minNotional: '1',
      },
    ],
  ],
  ['an own order', frame('user', [{ type: 'update', orders: [order] }]), [normalisedOrder]],
  [
    'an own order that was cancelled',
    frame('user', [
      { type: 'update', orders: [{ ...order, status: 'CANCELLED', cancel_reason: 'User requested cancel' }] },
    ]),
    [{ ...normalisedOrder, status: 'cancelled', reason: 'User requested cancel' }],
  ],
  [
    'what the connection is subscribed to',
    frame('subscriptions', [{ subscriptions: { level2: ['BTC-USD'], ticker: ['BTC-USD', 'ETH-USD'] } }]),
    [
      {
        type: 'ack',
        ...nowhere,
        requestId: null,
        streams: ['level2:BTC-USD', 'ticker:BTC-USD', 'ticker:ETH-USD'],
      },
    ],
  ],
  [
    'an order under change, and none of a derivative',
    frame('user', [
      {
        orders: [
          { ...order, status: 'EDIT_QUEUED' },
          { ...order, product_type: 'FUTURE', product_id: 'BIT-28JUL23-CDE' },
        ],
      },
      { orders: null, positions: {} },
    ]),
    [normalisedOrder],
  ],
  [
    'what an account has in derivatives, of which nothing is told',
    frame('futures_balance_summary', [{}]),
    [],
  ],
  [
    'a heartbeat, by the time of its frame',
    frame('heartbeats', [
      { current_time: '2026-08-09 21:05:48.854840045 +0000 UTC m=+41691.26', heartbeat_counter: 41691 },
    ]),
    [{ type: 'heartbeat', ...nowhere }],
  ],
  [
    'a refusal',
    JSON.stringify({ type: 'error', message: 'authentication failure' }),
    [
      {
        type: 'error',
        venue: 'coinbase',
        symbol: null,
        exchangeTimeMs: null,
        code: null,
        requestId: null,
        reason: 'authentication failure',
      },
    ],
  ],
]

const notUnderstood: readonly (readonly [string, string, string])[] = [
  ['text that is not JSON', '{"channel":', 'not JSON: {"channel":'],
  ['a frame that is no object', '[]', 'expected an object, was []'],
  ['a frame of the Exchange feed', '{"type":"match"}', 'channel: expected text, was missing'],
  ['a channel it does not know', frame('futures', []), 'was futures'],
  [
    'a frame without number',
    '{"channel":"ticker","timestamp":"2026-08-12T19:27:48Z","events":[]}',
    'sequence_num: expected a whole number, was missing',
  ],
  [
    'a size that is none',
    frame('market_trades', [{ trades: [{ ...trade(1), size: '0.-10000' }] }]),
    'size: expected a decimal string, was "0.-10000"',
  ],
  [
    'a side it does not know',
    frame('market_trades', [{ trades: [trade(1, 'UNKNOWN')] }]),
    'side: expected one of BUY SELL, was "UNKNOWN"',
  ],
  [
    'a product that is no pair',
    frame('market_trades', [{ trades: [{ ...trade(1), product_id: 'BIT-28JUL23-CDE' }] }]),
    'product_id: expected BASE-QUOTE, was BIT-28JUL23-CDE',
  ],
  [
    'a time that is none',
    frame('market_trades', [{ trades: [trade(1, 'BUY', 'yesterday')] }]),
    'time: expected an RFC 3339 time, was "yesterday"',
  ],
]

describe('decodeFrame', () => {
  it.each(understood)('normalises %s', (_, text, expected) => {
    const { records, isUnderstood } = decodeFrame(text)
    expect(records).toEqual(expected)
    for (const record of records) expect(streamRecord.parse(record)).toEqual(record)
    expect(isUnderstood).toBe(true)
  })

  it.each(notUnderstood)('reports %s with the reason', (_, text, reason) => {
    const { records, isUnderstood } = decodeFrame(text)
    expect(isUnderstood).toBe(false)
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ type: 'error', reason: expect.stringContaining(reason) })
  })

  it.each([
    ['none where every frame follows', [7, 8, 9], []],
    ['a frame that was lost', [0, 1, 3, 4], [{ expected: 2, actual: 3 }]],
    ['a frame that came twice', [0, 0, 1], [{ expected: 1, actual: 0 }]],
    [
      'frames in another order',
      [0, 2, 1],
      [
        { expected: 1, actual: 2 },
        { expected: 3, actual: 1 },
      ],
    ],
  ])('tells of the numbers of a connection: %s', (_, numbers, breaks) => {
    const decode = createDecoder()
    const decoded = numbers.map((sequence_num) =>
      decode(
        JSON.stringify({ channel: 'status', timestamp: '2026-08-12T19:27:48Z', sequence_num, events: [] }),
      ),
    )
    expect(decoded.flatMap(({ sequenceBreak }) => sequenceBreak ?? [])).toEqual(breaks)
  })

  it('gives valid records for any JSON and any text', () => {
    const keys = fc.constantFrom(
      'trades',
      'updates',
      'tickers',
      'candles',
      'orders',
      'products',
      'subscriptions',
      'type',
    )
    const rows = fc.array(
      fc.dictionary(
        fc.constantFrom('product_id', 'price', 'size', 'side', 'time', 'start', 'id'),
        fc.oneof(fc.jsonValue(), fc.constantFrom('BTC-USD', '1.5', 'BUY', TIME)),
      ),
    )
    const channels = fc.constantFrom(
      'market_trades',
      'l2_data',
      'ticker',
      'candles',
      'status',
      'user',
      'subscriptions',
      'heartbeats',
    )
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .tuple(channels, fc.array(fc.dictionary(keys, fc.oneof(rows, fc.jsonValue()))))
        .map(([channel, events]) => frame(channel, events)),
    )
    fc.assert(
      fc.property(frames, (text) =>
        decodeFrame(text).records.every((record) => streamRecord.safeParse(record).success),
      ),
      { seed: 8, numRuns: 300 },
    )
  })
})

const captures = process.env['CONFORMANCE_DATA']

describe.skipIf(captures === undefined)('recorded frames of the exchange', () => {
  const frames = () => {
    const file = join(captures ?? '', 'ws-captures/coinbase/advtrade_20260809_btc-eth_seq0-429.jsonl.gz')
    const rows = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')
    return rows
      .map((row) => JSON.parse(row))
      .filter(({ t }) => t === 'recv')
      .map(({ data }) => decodeFrame(data))
  }

  it('are all understood, without a trade missing', () => {
    const decoded = frames()
    expect(decoded).toHaveLength(430)
    expect(decoded.every(({ isUnderstood }) => isUnderstood)).toBe(true)
    const ids = new Set(
      decoded
        .flatMap(({ records }) => records)
        .flatMap((record) =>
          record.type === 'trade' && record.symbol === 'BTC/USD' ? [Number(record.tradeId)] : [],
        ),
    )
    expect(Math.max(...ids) - Math.min(...ids) + 1).toBe(ids.size)
  })

  it('have takers that buy at the ask and sell at the bid', () => {
    const touches = { atTouch: 0, wrong: 0 }
    const books = new Map<string, { bids: Map<number, number>; asks: Map<number, number> }>()
    const seen = new Set<string>()
    for (const record of frames().flatMap(({ records }) => records)) {
      if (record.type === 'book_snapshot' || record.type === 'book_update') apply(books, record)
      else if (record.type === 'trade' && !seen.has(record.symbol + record.tradeId)) {
        seen.add(record.symbol + record.tradeId)
        judge(books.get(record.symbol), record, touches)
      }
    }
    expect(touches.wrong).toBe(0)
    expect(touches.atTouch).toBeGreaterThan(30)
  })
})

type Books = Map<string, { bids: Map<number, number>; asks: Map<number, number> }>

const apply = (books: Books, { type, symbol, bids, asks }: BookRecord): void => {
  const key = symbol ?? ''
  const book = type === 'book_snapshot' ? undefined : books.get(key)
  const sides = book ?? { bids: new Map<number, number>(), asks: new Map<number, number>() }
  for (const [levels, side] of [
    [bids, sides.bids],
    [asks, sides.asks],
  ] as const) {
    for (const [price, amount] of levels) {
      if (Number(amount) === 0) side.delete(Number(price))
      else side.set(Number(price), Number(amount))
    }
  }
  books.set(key, sides)
}

/** Trades come a little before or after the levels they took: only those at or through the touch tell the side. */
const judge = (
  book: { bids: Map<number, number>; asks: Map<number, number> } | undefined,
  { price, side }: TradeRecord,
  counts: { atTouch: number; wrong: number },
): void => {
  if (book === undefined) return
  const bid = Math.max(...book.bids.keys())
  const ask = Math.min(...book.asks.keys())
  if (Number(price) > bid && Number(price) < ask) return
  counts.atTouch++
  const taken = Number(price) >= ask ? 'buy' : 'sell'
  if (side !== taken) counts.wrong++
}
