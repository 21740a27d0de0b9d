import type {
  BookRecord,
  CandleRecord,
  StreamRecord,
  TickerRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { Random } from '@botcriptofy/engine/kernel'
import type { Log } from '@botcriptofy/runtime/log'
import type { MarketNames, VenueProtocol } from '@botcriptofy/venues/frame'
import type { Pacer } from '@botcriptofy/runtime/connection'
import type { FeedMetrics } from './feed-metrics.ts'
import type { FrameRecorder } from '../recording/frame-recorder.ts'
import { Subscription } from './subscriptions.ts'

/** Connections of one age do not all end in the same minutes. */
const LIFETIME_SPREAD = 1 / 24

export interface FeedOptions {
  readonly protocol: VenueProtocol
  readonly webSocketUrl: string
  readonly names: MarketNames
  /** Dials to the venue take turns. */
  readonly dials: Pacer
  readonly random: Random
  readonly metrics: FeedMetrics
  /** Where frames are written as they were received. */
  readonly recorder?: FrameRecorder | undefined
  readonly log: Log
  readonly onRecord: (record: MarketRecord, connection: FeedConnection) => void
  /** What the venue's clock says. */
  readonly onTime?: (exchangeTimeMs: number) => void
  /** What the venue sends of these arrives from now on. */
  readonly onSubscribed?: (streams: readonly string[], connection: FeedConnection) => void
  /** A connection ended; what the venue sends until the next one is lost. */
  readonly onInterrupted: (reason: string, connection: FeedConnection) => void
}

export type MarketRecord = TradeRecord | CandleRecord | TickerRecord | BookRecord
/** One of the connections that the streams are spread over. */
export type FeedConnection = Pick<Subscription, 'streams' | 'send' | 'reconnect'>

export interface Line {
  readonly onUp: () => void
  /** The venue will end the connection. */
  readonly onEnding: (reason: string) => void
  /** False while another connection does its work: then its end interrupts nothing. */
  readonly isNeeded: () => boolean
}

/** A connection whose frames are decoded and handed on. */
export const subscribe = (options: FeedOptions, line: Line): Subscription => {
  const { metrics, protocol, log, names, random } = options
  const { venue, lifetimeMs } = protocol.profile
  const url = `${options.webSocketUrl}${protocol.path}`
  const recording = options.recorder?.open(venue)
  let decode = protocol.createDecoder(names)
  let isBroken = false
  let lifetime: NodeJS.Timeout | undefined
  const subscription: Subscription = new Subscription({
    ...options,
    url,
    onOpen: () => recording?.opened(url),
    onClosed: async () => recording?.close(),
    onFrame: (text) => {
      recording?.frame(text)
      // Frames that were received already still come after a connection is given up.
      if (isBroken) return
      const { records, sequenceBreak } = decode(text)
      if (sequenceBreak !== undefined) {
        isBroken = true
        log.warn({ venue, ...sequenceBreak }, 'frames of the connection are missing; connecting anew')
        return subscription.reconnect('frames missing')
      }
      for (const record of records) {
        metrics.records.inc({ venue, type: record.type })
        handleRecord(record, { subscription, options, line })
      }
    },
    onUp: () => {
      metrics.connects.inc({ venue })
      metrics.connected.inc({ venue })
      line.onUp()
      if (lifetimeMs === null) return
      const dueMs = lifetimeMs * (1 - random() * LIFETIME_SPREAD)
      lifetime = setTimeout(() => line.onEnding('age'), dueMs)
    },
    onSubscribed: (streams) => {
      log.info({ venue, streams: streams.length }, 'subscribed')
      options.onSubscribed?.(streams, subscription)
    },
    onDown: (reason, wasUp) => {
      clearTimeout(lifetime)
      // What a decoder remembers is of one connection.
      decode = protocol.createDecoder(names)
      isBroken = false
      if (line.isNeeded()) options.onInterrupted(reason, subscription)
      metrics.disconnects.inc({ venue, reason })
      if (wasUp) metrics.connected.inc({ venue }, -1)
    },
  })
  return subscription
}

const handleRecord = (
  record: StreamRecord,
  context: { readonly subscription: Subscription; readonly options: FeedOptions; readonly line: Line },
): void => {
  const { subscription, options, line } = context
  if (record.exchangeTimeMs !== null && record.type !== 'trade') options.onTime?.(record.exchangeTimeMs)
  switch (record.type) {
    case 'trade':
    case 'candle':
    case 'book_snapshot':
    case 'book_update':
      subscription.markDelivering()
      return options.onRecord(record, subscription)
    case 'ticker':
      return options.onRecord(record, subscription)
    case 'ack':
      return subscription.acknowledge(record)
    case 'status':
      if (record.status === 'shutting_down') line.onEnding('announced shutdown')
      return
    case 'error':
      options.log.error(
        { venue: record.venue, reason: record.reason, code: record.code },
        'frame not understood, or request refused',
      )
      if (record.requestId !== null) subscription.reconnect('request refused')
      return
    default:
      // Of streams that are not subscribed to.
      return
  }
}
