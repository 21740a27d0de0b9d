import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BookRecord, StreamRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import { createDecoder as createBinanceDecoder, guessSymbols } from '@botcriptofy/venues/binance'
import { decodeFrame as decodeCoinbase } from '@botcriptofy/venues/coinbase'
import type { FrameDecoder } from '@botcriptofy/venues/frame'
import { createDecoder as createKrakenDecoder } from '@botcriptofy/venues/kraken'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

const data = process.env['CONFORMANCE_DATA']
const capture = (path: string): Buffer => readFileSync(join(data ?? '', 'ws-captures', path))
const linesOf = (bytes: Buffer): readonly string[] => bytes.toString('utf8').trim().split('\n')

/** What comes out of the decoder when a venue sends these frames over a socket. */
const throughSocket = async (frames: readonly string[], decode: FrameDecoder): Promise<StreamRecord[]> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  await once(server, 'listening')
  server.on('connection', (socket) => {
    for (const frame of frames) socket.send(frame)
    socket.close(1000)
  })
  const { port } = server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
  const records: StreamRecord[] = []
  const unknown: string[] = []
  socket.on('message', (bytes) => {
    if (!Buffer.isBuffer(bytes)) return
    const frame = bytes.toString('utf8')
    const decoded = decode(frame)
    if (!decoded.isUnderstood) unknown.push(frame)
    records.push(...decoded.records)
  })
  await once(socket, 'close')
  expect(unknown).toEqual([])
  return records
}

interface Sides {
  readonly bids: Map<string, string>
  readonly asks: Map<string, string>
}
type Level = readonly [price: string, amount: string]

const emptyBook = (): Sides => ({ bids: new Map(), asks: new Map() })
const put = (side: Map<string, string>, levels: readonly Level[]): void => {
  for (const [price, amount] of levels) {
    if (Number(amount) === 0) side.delete(price)
    else side.set(price, amount)
  }
}
const best = (side: Map<string, string>, sign: 1 | -1): Level[] =>
  [...side].toSorted(([a], [b]) => sign * (Number(a) - Number(b)))
const cut = (book: Sides, depth: number): void => {
  for (const [price] of best(book.bids, -1).slice(depth)) book.bids.delete(price)
  for (const [price] of best(book.asks, 1).slice(depth)) book.asks.delete(price)
}
const shown = (books: ReadonlyMap<string, Sides>) =>
  Object.fromEntries(
    [...books].map(([symbol, { bids, asks }]) => [symbol, { bids: best(bids, -1), asks: best(asks, 1) }]),
  )

const isBook = (record: StreamRecord): record is BookRecord =>
  record.type === 'book_snapshot' || record.type === 'book_update'
const isTrade = (record: StreamRecord): record is TradeRecord => record.type === 'trade'

/** The books that our records make. */
const booksFrom = (records: readonly StreamRecord[], depth = Number.POSITIVE_INFINITY) => {
  const books = new Map<string, Sides>()
  for (const { type, symbol, bids, asks } of records.filter(isBook)) {
    const known = type === 'book_snapshot' ? undefined : books.get(symbol ?? '')
    const book = known ?? emptyBook()
    put(book.bids, bids)
    put(book.asks, asks)
    cut(book, depth)
    books.set(symbol ?? '', book)
  }
  return books
}

describe.skipIf(data === undefined)('recorded frames, sent again over a socket', () => {
  it('of Coinbase give the books, trades and taker sides that the raw messages give', async () => {
    const rows = linesOf(gunzipSync(capture('coinbase/advtrade_20260809_btc-eth_seq0-429.jsonl.gz')))
    const frames = rows.map((row) => JSON.parse(row)).flatMap(({ t, data }) => (t === 'recv' ? [data] : []))
    const records = await throughSocket(frames, decodeCoinbase)
    const books = new Map<string, Sides>()
    const trades: unknown[] = []
    for (const { channel, events } of frames.map((frame) => JSON.parse(frame))) {
      for (const event of events) {
        if (channel === 'market_trades') {
          for (const { product_id, trade_id, side } of [...event.trades].reverse()) {
            trades.push([product_id.replace('-', '/'), trade_id, side === 'BUY' ? 'sell' : 'buy'])
          }
        }
        if (channel !== 'l2_data') continue
        const symbol = event.product_id.replace('-', '/')
        if (event.type === 'snapshot') books.set(symbol, emptyBook())
        const book = books.get(symbol)
        for (const { side, price_level, new_quantity } of event.updates) {
          put(side === 'bid' ? book!.bids : book!.asks, [[price_level, new_quantity]])
        }
      }
    }
    expect([...books.keys()].toSorted()).toEqual(['BTC/USD', 'ETH/USD'])
    expect(shown(booksFrom(records))).toEqual(shown(books))
    expect(records.filter(isTrade).map(({ symbol, tradeId, side }) => [symbol, tradeId, side])).toEqual(
      trades,
    )
  })

  it('of Binance join their REST snapshots by the update ids and give the books of the raw messages', async () => {
    const frames = linesOf(capture('binance/binance-com_20211012_4pairs.ws.txt')).flatMap(
      (line) => /^\d+\.\d+: (\{.*\})$/.exec(line)?.[1] ?? [],
    )
    const records = await throughSocket(frames, createBinanceDecoder(guessSymbols))
    const snapshots = linesOf(capture('binance/binance-com_20211012_4pairs.depth-http.txt')).flatMap(
      (line) => {
        const [, native = '', body = ''] = /symbol=([A-Z]+)\S* -> \d+\.\d+: (\{.*\})$/.exec(line) ?? []
        return native === '' ? [] : [{ native, body }]
      },
    )
    expect(snapshots).toHaveLength(4)
    for (const { native, body } of snapshots) {
      const symbol = guessSymbols.toSymbol(native)
      const [snapshot] = createBinanceDecoder(guessSymbols)(body).records.filter(isBook)
      const updates = records.filter(isBook).filter((record) => record.symbol === symbol)
      const joined = joinedUpdates(snapshot?.lastUpdateId ?? Number.NaN, updates)
      const book = booksFrom([snapshot!, ...joined].map((record) => ({ ...record, symbol: native })))
      const raw = JSON.parse(body)
      const expected = emptyBook()
      put(expected.bids, raw.bids)
      put(expected.asks, raw.asks)
      let applied = 0
      for (const { data: event } of frames.map((frame) => JSON.parse(frame))) {
        if (event.e !== 'depthUpdate' || event.s !== native || event.u <= raw.lastUpdateId) continue
        put(expected.bids, event.b)
        put(expected.asks, event.a)
        applied++
      }
      expect(applied).toBeGreaterThan(0)
      expect(shown(book)).toEqual(shown(new Map([[native, expected]])))
    }
  })

  it('of Kraken give the book of the raw messages, every checksum verified', async () => {
    const frames = linesOf(capture('kraken/v2_book10_btcusd_20260812.jsonl'))
    const records = await throughSocket(frames, createKrakenDecoder())
    const expected = emptyBook()
    const plain = (levels: readonly { price: number; qty: number }[]): Level[] =>
      levels.map(({ price, qty }) => [String(price), qty.toFixed(8).replace(/\.?0+$/, '')])
    for (const { channel, type, data: rows } of frames.map((frame) => JSON.parse(frame))) {
      if (channel !== 'book') continue
      if (type === 'snapshot') Object.assign(expected, emptyBook())
      for (const { bids, asks } of rows) {
        put(expected.bids, plain(bids))
        put(expected.asks, plain(asks))
      }
      cut(expected, 10)
    }
    expect(shown(booksFrom(records, 10))).toEqual(shown(new Map([['BTC/USD', expected]])))
    expect(records.filter(isBook).map(({ checksumOk }) => checksumOk)).toEqual([true, true])
  })
})

/** By the venue's rule: the first event reaches over the snapshot, and every other begins after the one before. */
const joinedUpdates = (snapshotId: number, updates: readonly BookRecord[]): readonly BookRecord[] => {
  const joined = updates.filter(({ lastUpdateId }) => (lastUpdateId ?? 0) > snapshotId)
  let nextId = snapshotId + 1
  for (const [at, { firstUpdateId, lastUpdateId }] of joined.entries()) {
    if (at === 0) expect(firstUpdateId).toBeLessThanOrEqual(nextId)
    else expect(firstUpdateId).toBe(nextId)
    nextId = (lastUpdateId ?? Number.NaN) + 1
  }
  return joined
}
