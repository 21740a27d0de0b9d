import type { CandleRecord, StreamRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import type { Random } from '@botcriptofy/engine/kernel'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import { decodeFrame, klineStream, type SymbolMap, tradeStream } from '@botcriptofy/venues/binance'
import { createPacer } from '../connections/pacer.ts'
import { Subscription, type SubscriptionRules } from './subscriptions.ts'

export interface FeedRules extends SubscriptionRules {
  readonly venue: string
  readonly streamsPerConnection: number
  readonly dialSpacingMs: number
}

export interface FeedOptions {
  readonly webSocketUrl: string
  readonly symbols: SymbolMap
  /** Native names of the markets to follow. */
  readonly natives: readonly string[]
  readonly timeframe: string
  readonly rules: FeedRules
  readonly random: Random
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly onTrade: (trade: TradeRecord, receivedMs: number) => void
  readonly onCandle: (candle: CandleRecord, receivedMs: number) => void
}

export interface Feed {
  readonly start: () => void
  readonly isUp: () => boolean
  readonly close: () => Promise<void>
}

/** Binance's market streams: trades first, then candles, over as many connections as the venue's limit asks for. */
export const createBinanceFeed = (options: FeedOptions): Feed => {
  const { natives, timeframe, rules } = options
  const streams = [...natives.map(tradeStream), ...natives.map((native) => klineStream(native, timeframe))]
  const dials = createPacer(rules.dialSpacingMs)
  const subscriptions: Subscription[] = []
  for (let from = 0; from < streams.length; from += rules.streamsPerConnection) {
    const part = streams.slice(from, from + rules.streamsPerConnection)
    subscriptions.push(subscribe({ ...options, streams: part, dials }))
  }
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
  options: FeedOptions & {
    readonly streams: readonly string[]
    readonly dials: ReturnType<typeof createPacer>
  },
): Subscription => {
  const { metrics, rules, log } = options
  const { venue } = rules
  const subscription: Subscription = new Subscription({
    ...options,
    url: `${options.webSocketUrl}/ws`,
    onFrame: (text) => {
      for (const record of decodeFrame(text, options.symbols).records) {
        metrics.records.inc({ venue, type: record.type })
        handleRecord(record, { subscription, options })
      }
    },
    onUp: () => {
      metrics.connects.inc({ venue })
      metrics.connected.inc({ venue })
      log.info({ venue, streams: options.streams.length }, 'subscribed')
    },
    onDown: (reason, wasUp) => {
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
  switch (record.type) {
    case 'trade':
      subscription.markDelivering()
      return options.onTrade(record, Date.now())
    case 'candle':
      subscription.markDelivering()
      return options.onCandle(record, Date.now())
    case 'ack':
      return record.requestId === null ? undefined : subscription.acknowledge(record.requestId)
    case 'status':
      options.log.warn({ venue: record.venue }, 'the venue announced a shutdown; connecting anew')
      return subscription.reconnect('announced shutdown', { planned: true })
    case 'error':
      options.log.error(
        { reason: record.reason, code: record.code },
        'frame not understood, or request refused',
      )
      if (record.requestId !== null) subscription.reconnect('request refused')
      return
    default:
      // Of streams that are not subscribed to.
      return
  }
}
