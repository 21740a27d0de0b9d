import type { BookRecord, StatusRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import {
  errorRecord,
  field,
  type FrameDecoder,
  guarded,
  instant,
  isObject,
  list,
  oneOf,
  optional,
  type SequenceBreak,
  text,
  UnreadableFrame,
} from '../frame/index.ts'
import { balancesOf, executionsOf } from './account-events.ts'
import { type BookEvents, createBookEvents } from './book-events.ts'
import type { Precision } from './checksum.ts'
import { candlesOf, instrumentsOf, tickersOf, tradesOf } from './market-events.ts'
import { integer, parseKeepingNumbers } from './number-text.ts'
import { pairOf } from './pair.ts'
import { krakenProfile } from './profile.ts'

const { venue } = krakenProfile
const nowhere = { venue, symbol: null, exchangeTimeMs: null } as const

export interface KrakenDecoderOptions {
  /** Decimals of pairs, as `BTC/USD`; of others they are found by the first checksum. */
  readonly precisions?: ReadonlyMap<string, Precision>
}

/**
 * Normalises the text frames of one connection to WebSocket v2 (docs.kraken.com) and verifies the books it carries, so
 * every connection needs its own. Never throws: a frame that cannot be understood becomes an error record with the reason.
 */
export const createDecoder = ({ precisions = new Map() }: KrakenDecoderOptions = {}): FrameDecoder => {
  const books = createBookEvents(precisions)
  const checkSequence = createSequenceCheck()
  let sequenceBreak: SequenceBreak | undefined
  const decode = guarded(venue, (frame) => {
    const message = parseKeepingNumbers(frame)
    sequenceBreak = checkSequence(message)
    return decodeMessage(message, books)
  })
  return (frame) => {
    sequenceBreak = undefined
    const decoded = decode(frame)
    return sequenceBreak === undefined ? decoded : { ...decoded, sequenceBreak }
  }
}

/** The frames of a private channel are numbered from 1, each channel's by themselves. */
const createSequenceCheck = () => {
  const last = new Map<unknown, number>()
  return (message: unknown): SequenceBreak | undefined => {
    const channel = field(message, 'channel')
    if (channel !== 'executions' && channel !== 'balances') return undefined
    const actual = optional(integer, message, 'sequence')
    if (actual === null) return undefined
    const expected = actual === 1 ? 1 : (last.get(channel) ?? 0) + 1
    last.set(channel, actual)
    return actual === expected ? undefined : { expected, actual }
  }
}

const decodeMessage = (message: unknown, books: BookEvents): readonly StreamRecord[] => {
  if (!isObject(message)) throw new UnreadableFrame(`expected an object, was ${JSON.stringify(message)}`)
  if (typeof message['channel'] === 'string') return decodeChannel(message['channel'], { message, books })
  if (typeof message['method'] === 'string') return [decodeAnswer(message, books)]
  // Where the rate of requests was exceeded nothing else is said, and the word has a capital.
  const reason = message['Error'] ?? message['error']
  if (typeof reason === 'string') return [errorRecord(venue, { reason })]
  throw new UnreadableFrame(
    `expected a channel or a method, was a message with ${Object.keys(message).join(' ')}`,
  )
}

const BOOK_TYPES = { snapshot: 'book_snapshot', update: 'book_update' } as const satisfies Record<
  string,
  BookRecord['type']
>

const decodeChannel = (
  channel: string,
  { message, books }: { readonly message: object; readonly books: BookEvents },
): readonly StreamRecord[] => {
  switch (channel) {
    case 'heartbeat':
      return [{ type: 'heartbeat', ...nowhere }]
    case 'status':
      return list(message, 'data').map(decodeStatus)
    case 'trade':
      return tradesOf(list(message, 'data'))
    case 'ticker':
      return tickersOf(list(message, 'data'))
    case 'ohlc':
      return candlesOf(message)
    case 'book': {
      const type = oneOf(message, 'type', BOOK_TYPES)
      return list(message, 'data').map((row) => books.decode(row, type))
    }
    case 'instrument':
      return instrumentsOf(field(message, 'data'))
    case 'executions':
      return executionsOf(list(message, 'data'))
    case 'balances':
      return balancesOf(list(message, 'data'))
    default:
      throw new UnreadableFrame(
        `channel: expected status heartbeat trade ticker ohlc book instrument executions or balances, was ${channel}`,
      )
  }
}

const STATUSES = {
  online: 'online',
  maintenance: 'maintenance',
  cancel_only: 'cancel_only',
  post_only: 'post_only',
  limit_only: 'limit_only',
} as const

const decodeStatus = (row: unknown): StatusRecord => ({
  type: 'status',
  ...nowhere,
  status: oneOf(row, 'system', STATUSES),
})

const decodeAnswer = (message: object, books: BookEvents): StreamRecord => {
  const requestId = optional(integer, message, 'req_id')
  const exchangeTimeMs = optional(instant, message, 'time_out')
  if (field(message, 'method') === 'pong') return { type: 'heartbeat', ...nowhere, exchangeTimeMs }
  const result = field(message, 'result')
  const symbol = optional(pairOf, result, 'symbol') ?? optional(pairOf, message, 'symbol')
  const reason = optional(text, message, 'error')
  if (reason !== null || field(message, 'success') === false) {
    return { ...errorRecord(venue, { reason: reason ?? 'refused', symbol, requestId }), exchangeTimeMs }
  }
  if (field(message, 'success') !== true) {
    throw new UnreadableFrame(
      `success: expected true or false, was ${JSON.stringify(field(message, 'success'))}`,
    )
  }
  const channel = optional(text, result, 'channel')
  const depth = optional(integer, result, 'depth')
  if (channel === 'book' && symbol !== null && depth !== null) books.subscribed(symbol, depth)
  const streams = channel === null ? null : [symbol === null ? channel : `${channel}:${symbol}`]
  return { type: 'ack', venue, symbol, exchangeTimeMs, requestId, streams }
}
