import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BookLevel, BookRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import { describe, expect, it } from 'vitest'
import {
  bookFromDepth,
  createBookRule as createBinanceRule,
  createDecoder,
  guessSymbols,
} from '../binance/index.ts'
import { coinbaseProtocol, createBookRule as createCoinbaseRule, decodeFrame } from '../coinbase/index.ts'
import { createBookRule as createKrakenRule, createDecoder as createKrakenDecoder } from '../kraken/index.ts'
import type { BookRule, BookStep } from './index.ts'

const BIDS: BookLevel[] = [
  ['100', '1'],
  ['99', '2'],
]
const ASKS: BookLevel[] = [['101', '1']]
const record = (change: Partial<BookRecord>): BookRecord => ({
  type: 'book_update',
  venue: 'test',
  symbol: 'A/B',
  exchangeTimeMs: 1,
  bids: [],
  asks: [],
  firstUpdateId: null,
  lastUpdateId: null,
  ...change,
})
const snapshot = (lastUpdateId: number | null = null) =>
  record({ type: 'book_snapshot', bids: BIDS, asks: ASKS, firstUpdateId: lastUpdateId, lastUpdateId })
/** `[U, u]`; each sets the best bid to as much as its number says. */
const update = (firstUpdateId: number, lastUpdateId = firstUpdateId) =>
  record({ bids: [['100', String(lastUpdateId)]], firstUpdateId, lastUpdateId })
const kinds = (rule: BookRule, records: readonly BookRecord[]) =>
  records.map((one) => describeStep(rule.take(one)))
const describeStep = (step: BookStep) => (step.kind === 'broken' ? step.reason : step.kind)

describe('the rule of Binance', () => {
  it.each([
    [
      'waits for a snapshot, and joins what came before it',
      [update(5, 7), update(8), snapshot(6)],
      ['waiting', 'waiting', 'proven'],
      8,
    ],
    [
      'drops what the snapshot has',
      [update(3, 4), update(5), snapshot(6), update(7)],
      ['waiting', 'waiting', 'proven', 'proven'],
      7,
    ],
    [
      'needs another snapshot where one is older than the first update',
      [update(5), snapshot(3), snapshot(4)],
      ['waiting', 'the snapshot is too old', 'proven'],
      5,
    ],
    [
      'breaks where an update is missing, and heals by a snapshot',
      [snapshot(6), update(7), update(9), update(10), snapshot(8)],
      ['proven', 'proven', 'updates are missing', 'waiting', 'proven'],
      10,
    ],
    [
      'breaks where two are exchanged',
      [snapshot(6), update(8), update(7), snapshot(7)],
      ['proven', 'updates are missing', 'waiting', 'proven'],
      8,
    ],
    [
      'ignores a repetition, also of the snapshot',
      [snapshot(6), update(7), update(7), update(6), snapshot(6)],
      ['proven', 'proven', 'old', 'old', 'old'],
      7,
    ],
  ] as const)('%s', (_, records, expected, lastUpdateId) => {
    const rule = createBinanceRule(10)
    expect(kinds(rule, records)).toEqual(expected)
    expect(rule.lastUpdateId()).toBe(lastUpdateId)
    expect(rule.bids(1)).toEqual([['100', String(lastUpdateId)]])
  })

  it('breaks when bids and asks cross, and when the levels of a full snapshot are used up', () => {
    const rule = createBinanceRule(2)
    const crossing = record({ bids: [['102', '1']], firstUpdateId: 7, lastUpdateId: 7 })
    expect(kinds(rule, [snapshot(6), crossing])).toEqual(['proven', 'bids and asks cross'])
    const bids = Array.from({ length: 1000 }, (__, at): BookLevel => [String(2000 - at), '1'])
    const full = { ...snapshot(10), bids, asks: [['3000', '1'] as BookLevel] }
    const eaten = record({
      bids: bids.slice(0, 999).map(([price]): BookLevel => [price, '0']),
      firstUpdateId: 11,
      lastUpdateId: 11,
    })
    rule.reset()
    expect(kinds(rule, [full, eaten])).toEqual(['proven', 'the levels of the snapshot are used up'])
  })
})

describe('the rule of Coinbase', () => {
  it('is proven by a snapshot, and by none of the updates before it or after it was reset', () => {
    const rule = createCoinbaseRule()
    expect(kinds(rule, [update(1), snapshot(2), update(3), snapshot(4)])).toEqual([
      'waiting',
      'proven',
      'proven',
      'proven',
    ])
    expect([rule.bids(1), rule.lastUpdateId()]).toEqual([[['100', '1']], null])
    rule.reset()
    expect(kinds(rule, [update(5)])).toEqual(['waiting'])
    expect(kinds(rule, [snapshot(), record({ asks: [['99.5', '1']] }), update(7)])).toEqual([
      'proven',
      'bids and asks cross',
      'waiting',
    ])
  })
})

describe('the rule of Kraken', () => {
  it('is proven by checksums alone', () => {
    const rule = createKrakenRule()
    const sum = (one: BookRecord, checksumOk: boolean | null) => ({ ...one, checksumOk })
    const steps = [
      sum(update(1), null),
      snapshot(),
      sum(update(2), true),
      sum(update(3), false),
      sum(update(4), true),
      sum(snapshot(), true),
    ]
    expect(kinds(rule, steps)).toEqual([
      'waiting',
      'waiting',
      'proven',
      'the checksum does not agree',
      'waiting',
      'proven',
    ])
  })
})

const data = process.env['CONFORMANCE_DATA']
const captured = (path: string) => readFileSync(join(data ?? '', 'ws-captures', path))
const isBook = (one: StreamRecord): one is BookRecord =>
  one.type === 'book_snapshot' || one.type === 'book_update'
const linesOf = (bytes: Buffer) => bytes.toString('utf8').trim().split('\n')

describe.skipIf(data === undefined)('recorded books', () => {
  it('of Binance are proven from their snapshots to their ends', () => {
    const decode = createDecoder(guessSymbols)
    const updates = linesOf(captured('binance/binance-com_20211012_4pairs.ws.txt'))
      .flatMap((line) => /^\d+\.\d+: (\{.*\})$/.exec(line)?.[1] ?? [])
      .flatMap((frame) => decode(frame).records.filter(isBook))
    const depths = linesOf(captured('binance/binance-com_20211012_4pairs.depth-http.txt')).flatMap((line) => {
      const [, native, body = ''] = /symbol=([A-Z]+)\S* -> \d+\.\d+: (\{.*\})$/.exec(line) ?? []
      return native === undefined ? [] : [{ symbol: guessSymbols.toSymbol(native) ?? '', body }]
    })
    expect(depths).toHaveLength(4)
    for (const { symbol, body } of depths) {
      const rule = createBinanceRule(25)
      const own = updates.filter((one) => one.symbol === symbol)
      expect(own.length).toBeGreaterThan(0)
      const last = own.at(-1)?.lastUpdateId
      // The snapshot comes in the middle, as it does live.
      const half = own.length >> 1
      kinds(rule, own.slice(0, half))
      expect(describeStep(rule.take(bookFromDepth(JSON.parse(body), symbol)))).toBe('proven')
      expect(new Set(kinds(rule, own.slice(half)))).not.toContain('updates are missing')
      expect(rule.lastUpdateId()).toBe(last)
    }
  })

  it('of Coinbase never cross, and their frames follow each other', () => {
    const rows = linesOf(gunzipSync(captured('coinbase/advtrade_20260809_btc-eth_seq0-429.jsonl.gz')))
    const frames = rows
      .map((row) => JSON.parse(row))
      .flatMap(({ t, data: frame }) => (t === 'recv' ? [frame] : []))
    const decode = coinbaseProtocol.createDecoder({ toSymbol: () => undefined, toNative: () => undefined })
    expect(frames.flatMap((frame) => decode(frame).sequenceBreak ?? [])).toEqual([])
    const books = frames.flatMap((frame) => decodeFrame(frame).records.filter(isBook))
    for (const symbol of ['BTC/USD', 'ETH/USD']) {
      const steps = kinds(
        createCoinbaseRule(),
        books.filter((one) => one.symbol === symbol),
      )
      expect(steps.length).toBeGreaterThan(100)
      expect(new Set(steps)).toEqual(new Set(['proven']))
    }
  })

  it('of Kraken are proven by every checksum', () => {
    const decode = createKrakenDecoder()
    const books = linesOf(captured('kraken/v2_book10_btcusd_20260812.jsonl')).flatMap((frame) =>
      decode(frame).records.filter(isBook),
    )
    expect(kinds(createKrakenRule(), books)).toEqual(['proven', 'proven'])
  })
})
