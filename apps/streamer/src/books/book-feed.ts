import { type BookEvent, type BookRecord, marketId, type MarketName } from '@botcriptofy/contracts/stream'
import type { BookProtocol } from '@botcriptofy/venues/frame'
import { createPacer } from '@botcriptofy/runtime/connection'
import { createFeed, type Feed } from '../feed/feed.ts'
import type { FeedConnection, FeedOptions } from '../feed/subscribe.ts'
import { FollowedBook, QUIET_LIMIT_MS } from './followed-book.ts'

/** Between two snapshots over REST: sixty of weight 50 a minute are half of what Binance allows an address. */
const SNAPSHOT_SPACING_MS = 1000

export interface BookFeedOptions extends Omit<
  FeedOptions,
  'onRecord' | 'onTime' | 'onSubscribed' | 'onInterrupted'
> {
  /** Levels of each side that are published. */
  readonly levels: number
  readonly publish: (market: MarketName, event: BookEvent) => void
  /** There where the venue gives snapshots over REST. */
  readonly fetchBook:
    | ((of: { readonly symbol: string; readonly native: string }) => Promise<BookRecord>)
    | undefined
}

export interface BookFeed extends Pick<Feed, 'isUp' | 'close'> {
  readonly follow: (markets: readonly MarketName[]) => void
  /** Before it is forgotten the book is said to be unknown. */
  readonly unfollow: (markets: readonly MarketName[]) => void
}

interface Listed {
  readonly book: FollowedBook
  readonly streams: readonly string[]
  connection: FeedConnection | undefined
}

/** The order books of a venue, on connections of their own: a snapshot of megabytes holds up nobody's trades. */
export const createBookFeed = (options: BookFeedOptions): BookFeed => {
  const { names, protocol } = options
  const { books: rules } = protocol
  const snapshots = createPacer(SNAPSHOT_SPACING_MS)
  const bySymbol = new Map<string, Listed>()
  const of = (streams: ReadonlySet<string>) =>
    [...bySymbol.values()].filter((listed) => streams.has(listed.streams[0] ?? ''))
  const feed = createFeed({
    ...options,
    onRecord: (record, connection) => {
      if (record.type !== 'book_snapshot' && record.type !== 'book_update') return
      const listed = bySymbol.get(record.symbol ?? '')
      if (listed === undefined) return
      listed.connection = connection
      listed.book.take(record)
    },
    onSubscribed: (streams, connection) => {
      for (const listed of of(new Set(streams))) {
        listed.connection = connection
        listed.book.await({ request: rules.resync.by === 'rest' })
      }
    },
    onInterrupted: (reason, connection) => {
      for (const { book } of of(connection.streams)) book.interrupt(reason)
    },
  })
  const list = (market: MarketName): readonly Listed[] => {
    const native = names.toNative(market.symbol)
    if (native === undefined) return []
    const listed: Listed = {
      book: followedBook(options, {
        market,
        native,
        snapshots,
        connection: () => listed.connection,
        isFollowed: () => bySymbol.get(market.symbol) === listed,
      }),
      streams: rules.streamsOf(native),
      connection: undefined,
    }
    bySymbol.set(market.symbol, listed)
    return [listed]
  }
  const quiet = setInterval(() => bySymbol.forEach(({ book }) => book.checkQuiet()), QUIET_LIMIT_MS / 4)
  return {
    isUp: feed.isUp,
    follow: (markets) => feed.add(markets.flatMap(list).map(({ streams }) => streams)),
    unfollow: (markets) => {
      for (const { symbol } of markets) {
        const listed = bySymbol.get(symbol)
        if (listed === undefined) continue
        listed.book.interrupt('not followed any more')
        bySymbol.delete(symbol)
        feed.remove(listed.streams)
      }
    },
    close: async () => {
      clearInterval(quiet)
      snapshots.clear()
      await feed.close()
    },
  }
}

interface BookContext {
  readonly market: MarketName
  readonly native: string
  readonly snapshots: ReturnType<typeof createPacer>
  readonly connection: () => FeedConnection | undefined
  readonly isFollowed: () => boolean
}

const followedBook = (options: BookFeedOptions, context: BookContext): FollowedBook => {
  const { metrics, log, protocol, fetchBook } = options
  const { market, native } = context
  const labels = { market: marketId(market) }
  const requestOverRest = () =>
    context.snapshots.schedule(() => {
      fetchBook?.({ symbol: market.symbol, native }).then(
        (snapshot) => context.isFollowed() && book.take(snapshot),
        // The limit for its proof asks again.
        (error: unknown) => log.warn({ err: error, ...labels }, 'the snapshot of a book could not be read'),
      )
    })
  const requestByFrames = (resync: Extract<BookProtocol['resync'], { by: 'frames' }>) =>
    resync.framesFor(native).forEach((frame) => context.connection()?.send(frame))
  const { resync } = protocol.books
  const book: FollowedBook = new FollowedBook({
    market,
    rule: protocol.books.createRule(options.levels),
    levels: options.levels,
    random: options.random,
    publish: (event) => options.publish(market, event),
    requestSnapshot: () => (resync.by === 'rest' ? requestOverRest() : requestByFrames(resync)),
    giveUp: (reason) => context.connection()?.reconnect(reason),
    onProven: () => metrics.books.inc(labels),
    onLost: (reason) => {
      metrics.bookGaps.inc({ ...labels, reason })
      log.warn({ ...labels, reason }, 'the book is not proven any more')
    },
  })
  return book
}
