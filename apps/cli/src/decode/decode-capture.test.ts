import { describe, expect, it } from 'vitest'
import { createDecoder } from '@botcriptofy/venues/kraken'
import { type CaptureLine, readCaptureLine } from './capture-line.ts'
import { createCaptureDecoder } from './decode-capture.ts'

const frame = (text: string, connection = ''): CaptureLine => ({ kind: 'frame', connection, frame: text })
const HEARTBEAT = '{"channel":"heartbeat"}'
const record = (fields: object) => JSON.stringify(fields)

describe('a line of a recording', () => {
  it.each<[string, string, CaptureLine]>([
    ['a raw frame', HEARTBEAT, frame(HEARTBEAT)],
    ['a frame that is cut off', '{"channel":', frame('{"channel":')],
    ['a frame with a text of its own kind', '{"e":"trade","t":12}', frame('{"e":"trade","t":12}')],
    ['a frame after its time', `1633998512.0633569: ${HEARTBEAT}`, frame(HEARTBEAT)],
    ['a frame after its time, with a line end of Windows', `1.5: ${HEARTBEAT}\r`, frame(HEARTBEAT)],
    ['a frame with a line separator of Unicode', '1.5: {"a":"\u2028"}', frame('{"a":"\u2028"}')],
    ['a record of a numbered connection', record({ conn: 7, data: HEARTBEAT }), frame(HEARTBEAT, '7')],
    [
      'a received record',
      record({ t: 'recv', conn: 'a.1', ts: 1.5, data: HEARTBEAT }),
      frame(HEARTBEAT, 'a.1'),
    ],
    ['a record without kind', record({ data: HEARTBEAT }), frame(HEARTBEAT)],
    ['a sent record', record({ t: 'send', conn: 'a.1', data: HEARTBEAT }), { kind: 'other' }],
    ['a header', record({ t: 'header', format: 2 }), { kind: 'other' }],
    [
      'a connection that opens',
      record({ t: 'connect', conn: 'a.1' }),
      { kind: 'connect', connection: 'a.1' },
    ],
    ['a line of a connection', 'wss://a.b/ws <-> 1633998512.06', { kind: 'connect', connection: '' }],
    ['a line of what was sent', `wss://a.b/ws <- 1633998512.06: ${HEARTBEAT}`, { kind: 'other' }],
    ['a line of HTTP', 'https://a.b/depth -> 1633998512.06: {"bids":[]}', { kind: 'other' }],
    ['an empty line', ' ', { kind: 'other' }],
    [
      'a received record without its frame',
      record({ t: 'recv', data: { a: 1 } }),
      { kind: 'unreadable', reason: 'data: expected the frame as text, was {"a":1}' },
    ],
  ])('is read as what it is: %s', (_, line, expected) => {
    expect(readCaptureLine(line)).toEqual(expected)
  })
})

describe('the decoder of a recording', () => {
  const snapshot = (connection: string, price: string) =>
    record({
      t: 'recv',
      conn: connection,
      data: `{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":[{"price":${price},"qty":1.0}],"asks":[]}]}`,
    })
  /** Of a book with the one bid 2.0 of 1.0: CRC-32 of 2010. */
  const check = (connection: string) =>
    record({
      t: 'recv',
      conn: connection,
      data: '{"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[],"asks":[],"checksum":3213442488}]}',
    })

  it('keeps the books of two connections apart', () => {
    const capture = createCaptureDecoder('kraken', () => createDecoder())
    const lines = [snapshot('one', '2.0'), snapshot('two', '3.0'), check('one'), check('two')]
    const judged = lines
      .flatMap((line) => capture.decodeLine(line))
      .map((event) => 'checksumOk' in event && event.checksumOk)
    expect(judged).toEqual([false, false, true, false])
    expect(capture.counts).toEqual({ frames: 4, events: 4, unknown: 0, checksumFailures: 1 })
  })

  it('forgets the books of a connection that is opened again', () => {
    const capture = createCaptureDecoder('kraken', () => createDecoder())
    const lines = [snapshot('one', '2.0'), record({ t: 'connect', conn: 'one' }), check('one')]
    expect(lines.flatMap((line) => capture.decodeLine(line)).at(-1)).toMatchObject({ checksumOk: null })
  })

  it('counts what it does not understand', () => {
    const capture = createCaptureDecoder('kraken', () => createDecoder())
    const events = ['nonsense', record({ t: 'recv' }), HEARTBEAT].flatMap((line) => capture.decodeLine(line))
    expect(events.map(({ type }) => type)).toEqual(['error', 'error', 'heartbeat'])
    expect(capture.counts).toEqual({ frames: 3, events: 3, unknown: 2, checksumFailures: 0 })
  })
})
