import type {
  BookRecord,
  CandleRecord,
  StreamRecord,
  TickerRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { Random } from '@botcriptofy/engine/kernel'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import { inParts, type MarketNames, type VenueProtocol } from '@botcriptofy/venues/frame'
import { createPacer } from '../connections/pacer.ts'
import { Subscription } from './subscriptions.ts'

export interface FeedOptions {
  readonly protocol: VenueProtocol
  readonly webSocketUrl: string
  readonly names: MarketNames
  readonly streams: readonly string[]
  readonly random: Random
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly onRecord: (record: MarketRecord, connection: FeedConnection) => void
  /** What the venue's clock says. */
  readonly onTime?: (exchangeTimeMs: number) => void
  /** Every subscription of the connection is acknowledged. */
  readonly onUp?: (connection: FeedConnection) => void
  /** A connection ended; what the venue sends until the next one is lost. */
  readonly onInterrupted: (reason: string, connection: FeedConnection) => void
}

export type MarketRecord = TradeRecord | CandleRecord | TickerRecord | BookRecord
/** One of the connections that the streams are spread over. */
export type FeedConnection = Pick<Subscription, 'streams' | 'send' | 'reconnect'>

export interface Feed {
  readonly start: () => void
  readonly isUp: () => boolean
  readonly close: () => Promise<void>
}

/** Streams of a venue, over as many connections as its limit asks for. */
export const createFeed = (options: FeedOptions): Feed => {
  const { streams, protocol } = options
  const dials = createPacer(protocol.profile.dialSpacingMs)
  const subscriptions = inParts(streams, protocol.profile.streamsPerConnection).map((part) =>
    subscribe(options, part, dials),
  )
  return {
    start: () => subscriptions.forEach((subscription) => subscription.start()),
    isUp: () => subscriptions.length > 0 && subscriptions.every((subscription) => subscription.isUp),
    close: async () => {
      dials.clear()
      await Promise.all(subscriptions.map((subscription) => subscription.close()))
    },
  }
}

const subscribe = (
  options: FeedOptions,
  streams: readonly string[],
  dials: ReturnType<typeof createPacer>,
): Subscription => {
  const { metrics, protocol, log, names } = options
  const { venue } = protocol.profile
  let decode = protocol.createDecoder(names)
  let isBroken = false
  const subscription: Subscription = new Subscription({
    ...options,
    streams,
    dials,
    url: `${options.webSocketUrl}${protocol.path}`,
    onFrame: (text) => {
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
        handleRecord(record, { subscription, options })
      }
    },
    onUp: () => {
      metrics.connects.inc({ venue })
      metrics.connected.inc({ venue })
      log.info({ venue, streams: streams.length }, 'subscribed')
      options.onUp?.(subscription)
    },
    onDown: (reason, wasUp) => {
      // What a decoder remembers is of one connection.
      decode = protocol.createDecoder(names)
      isBroken = false
      options.onInterrupted(reason, subscription)
      metrics.disconnects.inc({ venue, reason })
      if (wasUp) metrics.connected.dec({ venue })
    },
  })
  return subscription
}

const handleRecord = (
  record: StreamRecord,
  context: { readonly subscription: Subscription; readonly options: FeedOptions },
): void => {
  const { subscription, options } = context
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
      if (record.status !== 'shutting_down') return
      options.log.warn({ venue: record.venue }, 'the venue announced a shutdown; connecting anew')
      return subscription.reconnect('announced shutdown', { planned: true })
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
