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
import type { MarketNames, VenueProtocol } from '@botcriptofy/venues/frame'
import { createPacer } from '../connections/pacer.ts'
import { Subscription } from './subscriptions.ts'

export interface FeedOptions {
  readonly protocol: VenueProtocol
  readonly webSocketUrl: string
  readonly names: MarketNames
  readonly random: Random
  readonly metrics: StreamMetrics
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

export interface Feed {
  /** Asks for the streams of some markets; those of one market stay together. */
  readonly add: (markets: readonly (readonly string[])[]) => void
  /** Asks for them no longer. */
  readonly remove: (streams: readonly string[]) => void
  /** What the venue sends of this stream arrives. */
  readonly isSubscribed: (stream: string) => boolean
  /** Every connection is up; also where nothing is asked for. */
  readonly isUp: () => boolean
  readonly close: () => Promise<void>
}

/** Streams of a venue, over as many connections as its limit asks for. */
export const createFeed = (options: FeedOptions): Feed => {
  const { streamsPerConnection, dialSpacingMs } = options.protocol.profile
  const dials = createPacer(dialSpacingMs)
  const subscriptions = new Set<Subscription>()
  const withRoomFor = (count: number, added: ReadonlyMap<Subscription, readonly string[]>) =>
    [...subscriptions].find(
      (one) => one.streams.size + (added.get(one)?.length ?? 0) + count <= streamsPerConnection,
    )
  const opened = (): Subscription => {
    const subscription = subscribe(options, dials)
    subscriptions.add(subscription)
    subscription.start()
    return subscription
  }
  return {
    add: (markets) => {
      const added = new Map<Subscription, readonly string[]>()
      for (const streams of markets) {
        const subscription = withRoomFor(streams.length, added) ?? opened()
        added.set(subscription, [...(added.get(subscription) ?? []), ...streams])
      }
      // One request for all of them: a venue allows few.
      for (const [subscription, streams] of added) subscription.add(streams)
    },
    remove: (streams) => {
      for (const subscription of subscriptions) {
        const own = streams.filter((stream) => subscription.streams.has(stream))
        if (own.length === 0) continue
        subscription.remove(own)
        if (subscription.streams.size > 0) continue
        subscriptions.delete(subscription)
        void subscription.close()
      }
    },
    isSubscribed: (stream) => [...subscriptions].some((one) => one.isSubscribed(stream)),
    isUp: () => [...subscriptions].every((one) => one.isUp),
    close: async () => {
      dials.clear()
      await Promise.all([...subscriptions].map((one) => one.close()))
    },
  }
}

const subscribe = (options: FeedOptions, dials: ReturnType<typeof createPacer>): Subscription => {
  const { metrics, protocol, log, names } = options
  const { venue } = protocol.profile
  let decode = protocol.createDecoder(names)
  let isBroken = false
  const subscription: Subscription = new Subscription({
    ...options,
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
    },
    onSubscribed: (streams) => {
      log.info({ venue, streams: streams.length }, 'subscribed')
      options.onSubscribed?.(streams, subscription)
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
