import { crc32 as zlibCrc32 } from 'node:zlib'
import type { BookRecord } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBook } from './book.ts'
import { checksumDigits, crc32 } from './checksum.ts'
import { createDecoder } from './decode.ts'
import { parseKeepingNumbers, plainDecimal } from './number-text.ts'

const level = ([price, qty]: readonly [string, string]) => `{"price":${price},"qty":${qty}}`
const bookFrame = (
  type: 'snapshot' | 'update',
  {
    bids = [],
    asks = [],
    checksum,
  }: { bids?: [string, string][]; asks?: [string, string][]; checksum?: number },
) =>
  `{"channel":"book","type":"${type}","data":[{"symbol":"A/B","bids":[${bids.map(level).join()}],"asks":[${asks.map(level).join()}]${checksum === undefined ? '' : `,"checksum":${checksum}`}}]}`

/** By hand: asks upwards, then bids downwards, points and leading zeros gone. */
const checksumOf = (digits: string) => crc32(digits)
const whole = { bids: [['9.50', '0.10']], asks: [['10.00', '2.00']] } satisfies Parameters<
  typeof bookFrame
>[1]

const judge = (...frames: readonly string[]) => {
  const decode = createDecoder()
  return frames.flatMap((frame) => decode(frame).records).map((record) => (record as BookRecord).checksumOk)
}

describe('books', () => {
  it('verify a snapshot and what follows', () => {
    const snapshot = bookFrame('snapshot', { ...whole, checksum: checksumOf('1000200' + '95010') })
    const update = bookFrame('update', {
      bids: [['9.60', '0.30']],
      checksum: checksumOf('1000200' + '96030' + '95010'),
    })
    expect(judge(snapshot, update)).toEqual([true, true])
  })

  it('find the decimals of a pair whose zeros were lost', () => {
    const snapshot =
      '{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":[{"price":9.5,"qty":0.1}],"asks":[{"price":10,"qty":2}],"checksum":CRC}]}'
    expect(judge(snapshot.replace('CRC', String(checksumOf('1000200' + '95010'))))).toEqual([true])
  })

  it('tell of a frame that was lost, until the next snapshot', () => {
    const snapshot = bookFrame('snapshot', { ...whole, checksum: checksumOf('1000200' + '95010') })
    const later = bookFrame('update', {
      asks: [['11.00', '1.00']],
      checksum: checksumOf('1000200' + '1100100' + '96030' + '95010'),
    })
    expect(judge(snapshot, later, snapshot)).toEqual([true, false, true])
  })

  it('cannot judge a change before a snapshot', () => {
    expect(judge(bookFrame('update', { ...whole, checksum: 1 }))).toEqual([null])
  })

  it('say nothing of a snapshot without checksum, and start anew from it', () => {
    const thin = bookFrame('snapshot', { bids: [['8.00', '1.00']] })
    const update = bookFrame('update', {
      asks: [['10.00', '2.00']],
      checksum: checksumOf('1000200' + '800100'),
    })
    expect(judge(bookFrame('snapshot', whole), thin, update)).toEqual([undefined, undefined, true])
  })

  it('take the decimals that are given', () => {
    const decode = createDecoder({ precisions: new Map([['A/B', { price: 3, amount: 2 }]]) })
    const frame = bookFrame('snapshot', { ...whole, checksum: checksumOf('10000200' + '950010') })
    expect(decode(frame).records).toMatchObject([{ checksumOk: true }])
  })

  it('forget levels that fall out of the depth that was subscribed', () => {
    const book = createBook(2)
    book.apply({
      bids: [
        ['3', '1'],
        ['2', '1'],
        ['1', '1'],
      ],
      asks: [],
    })
    book.apply({ bids: [['3', '0']], asks: [] })
    expect(book.bids()).toEqual([['2', '1']])
  })

  it('take their depth from an acknowledgement that comes after the snapshot', () => {
    const bids = Array.from({ length: 11 }, (_, k): [string, string] => [`${30 - k}`, '1'])
    const ack = '{"method":"subscribe","result":{"channel":"book","depth":25,"symbol":"A/B"},"success":true}'
    const kept = bids.slice(1).map(([price]) => `${price}1`)
    const frames = [
      bookFrame('snapshot', { bids: bids.slice(0, 10) }),
      ack,
      bookFrame('update', { bids: bids.slice(10) }),
      bookFrame('update', { bids: [['30', '0']], checksum: checksumOf(kept.join('')) }),
    ]
    expect(judge(...frames).at(-1)).toBe(true)
  })

  it('learn no decimals from a book without levels', () => {
    const frames = [
      bookFrame('snapshot', { checksum: 0 }),
      bookFrame('update', { bids: [['9.5', '1']], checksum: checksumOf('950100') }),
      bookFrame('update', { bids: [['9.5', '0']], checksum: 0 }),
      bookFrame('update', { checksum: 1 }),
    ]
    expect(judge(...frames)).toEqual([true, true, true, false])
  })

  it('are those of a plain map, sorted and cut, whatever the order of changes', () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 20 }), (messages) => {
        const book = createBook(10)
        let model: (readonly [number, number])[] = []
        for (const message of messages) {
          book.apply({ bids: [], asks: message.map(([price, amount]) => [String(price), String(amount)]) })
          const levels = new Map(model)
          for (const [price, amount] of message) {
            if (amount === 0) levels.delete(price)
            else levels.set(price, amount)
          }
          model = [...levels].toSorted(([a], [b]) => a - b).slice(0, 10)
          expect(book.asks()).toEqual(model.map(([price, amount]) => [String(price), String(amount)]))
        }
      }),
      { seed: 10, numRuns: 200 },
    )
  })
})

describe('checksum', () => {
  it('is the CRC-32 that zlib computes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d*$/), (digits) => crc32(digits) === zlibCrc32(digits)),
      { seed: 11, numRuns: 300 },
    )
  })

  it.each([
    ['63296.7', 1, '632967'],
    ['63298', 1, '632980'],
    ['0.00005100', 8, '5100'],
    ['0.000051', 8, '5100'],
    ['0', 8, ''],
    ['1.500', 1, '15'],
    ['1.55', 1, undefined],
  ])('reads %s with %i decimals as %s', (plain, decimals, digits) => {
    expect(checksumDigits(plain, decimals)).toBe(digits)
  })
})

describe('numbers as text', () => {
  it.each([
    ['5.1e-05', '0.000051'],
    ['1E+3', '1000'],
    ['12.5e1', '125'],
    ['12.345e1', '123.45'],
    ['-2.5e-1', '-0.25'],
    ['63298.0', '63298.0'],
    ['1e99', undefined],
    ['abc', undefined],
  ])('%s is %s', (number, plain) => {
    expect(plainDecimal(number)).toBe(plain)
  })

  it('leaves the digits inside of strings alone', () => {
    expect(parseKeepingNumbers('{"a1":"2 \\" 3","b":[4.50,-1e-7,true]}')).toEqual({
      a1: '2 " 3',
      b: ['4.50', '-1e-7', true],
    })
  })

  it('is the value JSON.parse gives, for every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (value) => {
        const plain = plainDecimal(JSON.stringify(value))
        return plain === undefined ? Math.abs(value) < 1e-30 : Number(plain) === value
      }),
      { seed: 12, numRuns: 1000 },
    )
  })
})
