import type { AckRecord, ErrorRecord, StatusRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import {
  errorRecord,
  field,
  type FrameDecoder,
  guarded,
  isObject,
  optional,
  text,
  UnreadableFrame,
} from '../frame/index.ts'
import { type AccountEvent, decodeAccountEvent, isAccountEvent } from './account-events.ts'
import { decodeMarketEvent } from './market-events.ts'
import { epochMs } from './epoch.ts'
import { binanceProfile } from './profile.ts'
import type { SymbolNames } from './symbols.ts'

const { venue } = binanceProfile

/**
 * Normalises the text frames of the market streams, raw (`/ws`) or combined (`/stream`), or of the WebSocket API with the
 * events of an account. Never throws: a frame that cannot be understood becomes an error record with the reason.
 */
export const createDecoder = (symbols: SymbolNames): FrameDecoder =>
  guarded(venue, (frame) => decodeMessage(JSON.parse(frame), symbols))

const decodeMessage = (message: unknown, symbols: SymbolNames): readonly StreamRecord[] => {
  if (Array.isArray(message)) return message.flatMap((event) => decodeEvent({ event, stream: null }, symbols))
  if (!isObject(message)) throw new UnreadableFrame(`expected an object, was ${JSON.stringify(message)}`)
  if ('subscriptionId' in message && isObject(message['event'])) {
    return decodeEvent({ event: message['event'], stream: null }, symbols)
  }
  const stream = optional(text, message, 'stream')
  if (stream === null || !('data' in message)) return decodeEvent({ event: message, stream }, symbols)
  const data = message['data']
  const events: readonly unknown[] = Array.isArray(data) ? data : [data]
  return events.flatMap((event) => decodeEvent({ event, stream }, symbols))
}

/** Known events for which there is no record: what locks a balance from outside, and a price that is no trade's. */
const UNTOLD: ReadonlySet<string> = new Set(['externalLockUpdate', 'referencePrice'])

interface StreamEvent {
  readonly event: unknown
  /** The name that the combined form gives; some events do not say their market themselves. */
  readonly stream: string | null
}

const decodeEvent = ({ event, stream }: StreamEvent, symbols: SymbolNames): readonly StreamRecord[] => {
  const kind = field(event, 'e')
  if (kind === 'serverShutdown' || stream === '!serverShutdown') return [statusOf(event, 'shutting_down')]
  if (kind === 'eventStreamTerminated') return [statusOf(event, 'stream_ended')]
  if (typeof kind === 'string' && UNTOLD.has(kind)) return []
  if (isAccountEvent(kind)) return decodeAccountEvent(kind satisfies AccountEvent, { event, symbols })
  return decodeMarketEvent({ event, stream, symbols }) ?? [decodeAnswer(event)]
}

const statusOf = (event: unknown, status: StatusRecord['status']): StatusRecord => ({
  type: 'status',
  venue,
  symbol: null,
  exchangeTimeMs: optional(epochMs, event, 'E'),
  status,
})

const decodeAnswer = (event: unknown): AckRecord | ErrorRecord => {
  const requestId = requestIdOf(event)
  const refusal = isObject(field(event, 'error')) ? field(event, 'error') : event
  const reason = field(refusal, 'msg')
  if (typeof reason === 'string') {
    const code = field(refusal, 'code')
    return errorRecord(venue, { reason, code: isWhole(code) ? code : null, requestId })
  }
  const result = field(event, 'result')
  // The id may be null, because a request may have had that.
  if (field(event, 'id') === undefined || result === undefined) {
    const keys = isObject(event) ? Object.keys(event).join(' ') : JSON.stringify(event)
    throw new UnreadableFrame(`expected an event or an answer, was a message with ${keys}`)
  }
  const streams = Array.isArray(result) ? result.filter((item) => typeof item === 'string') : null
  return { type: 'ack', venue, symbol: null, exchangeTimeMs: null, requestId, streams }
}

const requestIdOf = (event: unknown): string | number | null => {
  const id = field(event, 'id')
  return typeof id === 'string' || isWhole(id) ? id : null
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)
