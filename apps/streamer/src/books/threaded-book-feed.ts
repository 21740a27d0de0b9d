import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type BookEvent, marketId, type MarketName } from '@botcriptofy/contracts/stream'
import type { Pacer } from '@botcriptofy/runtime/connection'
import type { MarketNames } from '@botcriptofy/venues/frame'
import type { FeedMetrics } from '../feed/feed-metrics.ts'
import type { BookFeed } from './book-feed.ts'
import type { BookBatch, BookThreadSettings, FromBookThread, ToBookThread } from './book-messages.ts'

export interface ThreadedBookFeedOptions extends BookThreadSettings {
  readonly names: Pick<MarketNames, 'toNative'>
  /** Dials to the venue take turns. */
  readonly dials: Pacer
  readonly metrics: FeedMetrics
  readonly publish: (market: MarketName, event: BookEvent) => void
}

/** What a close may take before the thread is ended. */
const CLOSE_LIMIT_MS = 1000

/**
 * A book feed in a thread of its own, started with the first book that is wanted: reading a snapshot of five megabytes
 * takes a tenth of a second, in which the trades of all markets would wait.
 */
export const createThreadedBookFeed = (options: ThreadedBookFeedOptions): BookFeed => {
  const { names, metrics, publish } = options
  /** By the id of the market, whether its book was proven when last heard of. */
  const followed = new Map<string, boolean>()
  let thread: Worker | undefined
  let isUp = true
  const post = (message: ToBookThread) => thread?.postMessage(message)
  const take = ({ events: ofMarkets, counts, isUp: isFeedUp }: BookBatch) => {
    isUp = isFeedUp
    for (const { name, labels, by } of counts) metrics[name].inc(labels, by)
    for (const { market, events } of ofMarkets) {
      // What was on its way when the market was given up is of no use.
      if (!followed.has(marketId(market))) continue
      for (const event of events) publish(market, event)
      followed.set(marketId(market), events.at(-1)?.type !== 'gap_open')
    }
    post({ kind: 'taken' })
  }
  return {
    isUp: () => isUp,
    follow: (markets) => {
      const named = markets.flatMap((market) => {
        const native = names.toNative(market.symbol)
        return native === undefined ? [] : [{ market, native }]
      })
      if (named.length === 0) return
      thread ??= startThread(options, (message) => {
        if (message.kind === 'batch') take(message)
        else options.dials.schedule(() => post({ kind: 'turn' }))
      })
      isUp = false
      named.forEach(({ market }) => followed.set(marketId(market), false))
      post({ kind: 'follow', markets: named })
    },
    unfollow: (markets) => {
      if (markets.length === 0) return
      for (const market of markets) {
        const isProven = followed.get(marketId(market)) === true
        followed.delete(marketId(market))
        if (isProven)
          publish(market, { type: 'gap_open', ...market, reason: 'not followed any more', atMs: Date.now() })
      }
      post({ kind: 'unfollow', markets })
    },
    close: async () => {
      if (thread === undefined) return
      const ended = once(thread, 'exit')
      post({ kind: 'close' })
      const limit = setTimeout(() => void thread?.terminate(), CLOSE_LIMIT_MS)
      await ended
      clearTimeout(limit)
    },
  }
}

const startThread = (options: BookThreadSettings, hear: (message: FromBookThread) => void): Worker => {
  const { venue, webSocketUrl, restUrl, levels, logLevel, recordDirectory } = options
  const workerData: BookThreadSettings = { venue, webSocketUrl, restUrl, levels, logLevel, recordDirectory }
  const file = fileURLToPath(new URL('./book.thread.js', import.meta.url))
  const thread = new Worker(file, { workerData, name: `books of ${venue}` })
  thread.on('message', hear)
  // A fault that nobody foresaw ends the process, as it would on the main thread.
  thread.on('error', (error) => {
    throw error
  })
  return thread
}
