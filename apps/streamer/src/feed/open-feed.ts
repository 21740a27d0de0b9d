import { marketId, type MarketName, type Want } from '@botcriptofy/contracts/stream'
import { createThreadedBookFeed } from '../books/threaded-book-feed.ts'
import { VENUES, type VenueName } from '@botcriptofy/venues/catalog'
import { createGet } from '@botcriptofy/runtime/rest'
import { createMarketList } from './market-list.ts'
import { createTradeFeed, type TradeFeedOptions } from './trade-feed.ts'

export interface OpenFeedOptions extends Omit<TradeFeedOptions, 'venue' | 'names' | 'rest'> {
  readonly venue: VenueName
  readonly restUrl: string
  readonly logLevel: string
  /** Levels of each side that are published of a book. */
  readonly bookLevels: number
  /** Repeats an action until it succeeds; undefined once the signal has aborted. */
  readonly persist: <T>(what: string, action: () => Promise<T>) => Promise<T | undefined>
  /** A market that is wanted, and that the venue does not have. */
  readonly onUnknown: (want: Want) => void
}

/** What is followed of one venue. */
export interface VenueFeed {
  /** Takes effect in the order of the calls, as soon as the venue and Redis answer. */
  readonly change: (change: WantChange) => void
  /** What the venue sends of it arrives. */
  readonly isSubscribed: (want: Want) => boolean
  readonly isUp: () => boolean
  readonly close: () => Promise<void>
}

export interface WantChange {
  readonly added: readonly Want[]
  readonly removed: readonly Want[]
}

/** The feeds of one venue: connections for what is wanted, and none where nothing is. */
export const openFeed = (options: OpenFeedOptions): VenueFeed => {
  const { publisher, log, signal, persist } = options
  const venue = VENUES[options.venue]
  const rest = venue.openRest(createGet(options.restUrl, signal))
  const names = createMarketList(() => persist('reading the list of markets', () => rest.fetchMarkets()))
  const trades = createTradeFeed({ ...options, venue, rest, names })
  const books = createThreadedBookFeed({
    ...options,
    names,
    levels: options.bookLevels,
    publish: (market, event) => publisher.addBook(market, event),
  })
  /** By the id of the market, the channels that are followed. */
  const followed = new Map<string, Set<Want['channel']>>()

  const add = async (wants: readonly Want[]) => {
    // Some venues acknowledge an unknown market like any other and stay silent about it.
    await names.learn(wants.map(({ market }) => market.symbol))
    const unknown = wants.filter(({ market }) => names.toNative(market.symbol) === undefined)
    unknown.forEach(options.onUnknown)
    const known = wants.filter((want) => !unknown.includes(want))
    const openings = known.map(async ({ channel, market }) => {
      const channels = followed.get(marketId(market)) ?? new Set()
      followed.set(marketId(market), channels.add(channel))
      if (channels.size === 1) await persist('reading a tape', () => publisher.open(market))
    })
    await Promise.all(openings)
    if (signal.aborted) return
    trades.follow(marketsOf(known, 'market'))
    books.follow(marketsOf(known, 'book'))
  }
  const remove = (wants: readonly Want[]) => {
    const present = wants.filter(({ channel, market }) => followed.get(marketId(market))?.delete(channel))
    books.unfollow(marketsOf(present, 'book'))
    trades.unfollow(marketsOf(present, 'market'))
    for (const { market } of present) {
      if (followed.get(marketId(market))?.size !== 0) continue
      followed.delete(marketId(market))
      publisher.forget(market)
    }
  }
  let changes = Promise.resolve()
  let waiting = 0
  return {
    change: ({ added, removed }) => {
      const apply = async () => {
        if (removed.length > 0) remove(removed)
        if (added.length > 0) await add(added)
      }
      waiting += 1
      changes = changes
        .then(apply)
        .catch((error: unknown) => log.error({ err: error }, 'a change of markets failed'))
        .finally(() => (waiting -= 1))
    },
    isSubscribed: ({ channel, market }) =>
      followed.get(marketId(market))?.has(channel) === true &&
      (channel === 'book' || trades.isSubscribed(market)),
    isUp: () => waiting === 0 && trades.isUp() && books.isUp(),
    close: async () => {
      options.dials.clear()
      await Promise.all([trades.close(), books.close()])
    },
  }
}

const marketsOf = (wants: readonly Want[], channel: Want['channel']): readonly MarketName[] =>
  wants.filter((want) => want.channel === channel).map(({ market }) => market)
