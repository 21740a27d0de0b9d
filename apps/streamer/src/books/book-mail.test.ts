import type { BookEvent, MarketName } from '@botcriptofy/contracts/stream'
import { describe, expect, it } from 'vitest'
import { BookMail } from './book-mail.ts'
import type { BookBatch } from './book-messages.ts'

const BTC: MarketName = { venue: 'coinbase', symbol: 'BTC/USD' }
const ETH: MarketName = { venue: 'coinbase', symbol: 'ETH/USD' }

const book = (market: MarketName, price: string): BookEvent => ({
  type: 'book_snapshot',
  ...market,
  exchangeTimeMs: null,
  bids: [[price, '1']],
  asks: [],
  firstUpdateId: null,
  lastUpdateId: null,
})
const gap = (market: MarketName): BookEvent => ({ type: 'gap_open', ...market, reason: 'x', atMs: 1 })

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

const openMail = () => {
  const batches: BookBatch[] = []
  const mail = new BookMail({ post: (batch) => batches.push(batch), isUp: () => true })
  const told = () =>
    batches.map(({ events }) =>
      events.map(
        ({ market, events: own }) =>
          `${market.symbol} ${own.map((event) => (event.type === 'book_snapshot' ? event.bids[0]?.[0] : event.type)).join(' ')}`,
      ),
    )
  return { mail, batches, told }
}

describe('BookMail', () => {
  it('sends together what one turn brings, of books that follow each other the newest', async () => {
    const { mail, told } = openMail()
    mail.add(BTC, book(BTC, '1'))
    mail.add(ETH, book(ETH, '5'))
    mail.add(BTC, book(BTC, '2'))
    mail.add(BTC, gap(BTC))
    mail.add(BTC, book(BTC, '3'))
    await nextTurn()
    expect(told()).toEqual([['BTC/USD 2 gap_open 3', 'ETH/USD 5']])
  })

  it('keeps the newest for a receiver that is busy, and sends it when the batch before was taken', async () => {
    const { mail, told } = openMail()
    mail.add(BTC, book(BTC, '1'))
    await nextTurn()
    for (const price of ['2', '3', '4']) {
      mail.add(BTC, book(BTC, price))
      await nextTurn()
    }
    expect(told()).toEqual([['BTC/USD 1']])
    mail.taken()
    expect(told()).toEqual([['BTC/USD 1'], ['BTC/USD 4']])
    mail.taken()
    expect(told()).toHaveLength(2)
  })

  it('adds up what is counted between two batches', async () => {
    const { mail, batches } = openMail()
    const labels = { venue: 'coinbase' }
    mail.metrics.connected.inc(labels)
    mail.metrics.records.inc({ ...labels, type: 'book_update' }, 3)
    mail.metrics.records.inc({ ...labels, type: 'book_update' })
    mail.metrics.connected.inc(labels, -1)
    await nextTurn()
    expect(batches).toEqual([
      {
        kind: 'batch',
        events: [],
        counts: [
          { name: 'connected', labels, by: 0 },
          { name: 'records', labels: { ...labels, type: 'book_update' }, by: 4 },
        ],
        isUp: true,
      },
    ])
  })

  it('sends the last of it on closing, whatever is under way', async () => {
    const { mail, told } = openMail()
    mail.add(BTC, book(BTC, '1'))
    await nextTurn()
    mail.add(BTC, gap(BTC))
    mail.close()
    expect(told().at(-1)).toEqual(['BTC/USD gap_open'])
  })
})
