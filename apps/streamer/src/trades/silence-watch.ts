import { marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Pacer } from '@botcriptofy/runtime/connection'

const CHECK_MS = 1000
/** A market is looked at when it has been quiet for so many of its usual pauses, */
const PAUSES = 10
/** but not before, and not later than. */
const SHORTEST_QUIET_MS = 5000
const LONGEST_QUIET_MS = 60_000
/** So long a trade may be on its way to us after the venue's REST has it. */
const DELIVERY_MS = 2000
/** A market that is not traded is looked at ever less often, down to this. */
const RAREST_LOOK_MS = 300_000
/** Of the newest pause in the usual one. */
const NEWEST_WEIGHT = 0.1

export interface SilenceWatchOptions {
  readonly lastTradeId: (market: MarketName) => number | undefined
  readonly fetchLastTrade: (market: MarketName) => Promise<TradeRecord | undefined>
  /** The calls of a venue take turns. */
  readonly calls: Pacer
  /** A trade that the stream did not bring. */
  readonly onMissed: (trade: TradeRecord) => void
  /** The venue has had a trade for a while and did not send it. */
  readonly onSilent: (market: MarketName) => void
  readonly log: Log
}

export interface SilenceWatch {
  /** A trade of the market came. */
  readonly heard: (market: MarketName) => void
  /** The market's stream began, or began anew: nobody knows what was traded before. */
  readonly begin: (market: MarketName) => void
  /** The market is not followed any more, or its connection is down. */
  readonly forget: (market: MarketName) => void
  readonly close: () => void
}

interface Watched {
  readonly market: MarketName
  heardMs: number
  /** Usual pause between trades; undefined before there were two. */
  pauseMs: number | undefined
  looks: number
  /** Not looked at before. */
  nextLookMs: number
  isLookedAt: boolean
}

/**
 * Notices a market whose stream says nothing although it is traded: the venue acknowledged it, the connection is
 * alive, and nothing comes. Markets that are quiet for longer than they use to be are compared with the newest trade that
 * REST knows.
 */
export const createSilenceWatch = (options: SilenceWatchOptions): SilenceWatch => {
  const watched = new Map<string, Watched>()
  const isFollowed = (item: Watched) => watched.get(marketId(item.market)) === item
  const look = async (item: Watched): Promise<void> => {
    item.isLookedAt = true
    const newest = await newestOf(options, item)
    if (newest !== undefined && isFollowed(item) && isAhead(options, newest)) {
      // What was traded before the stream began is not its to send.
      const isNew = item.looks === 0
      if (!isNew) await new Promise((resolve) => setTimeout(resolve, DELIVERY_MS))
      if (isFollowed(item) && isAhead(options, newest)) {
        options.onMissed(newest)
        if (!isNew) options.onSilent(item.market)
      }
    }
    item.looks += 1
    item.isLookedAt = false
    const quietMs = performance.now() - item.heardMs
    item.nextLookMs = performance.now() + Math.min(Math.max(quietMs, SHORTEST_QUIET_MS), RAREST_LOOK_MS)
  }
  const check = () => {
    const nowMs = performance.now()
    for (const item of watched.values()) {
      const isQuiet = nowMs - item.heardMs >= quietLimitMs(item)
      if (isQuiet && nowMs >= item.nextLookMs && !item.isLookedAt) void look(item)
    }
  }
  const timer = setInterval(check, CHECK_MS)
  return {
    heard: (market) => {
      const item = watched.get(marketId(market))
      if (item === undefined) return
      const nowMs = performance.now()
      const pauseMs = nowMs - item.heardMs
      item.pauseMs = (item.pauseMs ?? pauseMs) * (1 - NEWEST_WEIGHT) + pauseMs * NEWEST_WEIGHT
      item.heardMs = nowMs
      item.nextLookMs = nowMs
    },
    begin: (market) => {
      const { pauseMs } = watched.get(marketId(market)) ?? { pauseMs: undefined }
      const nowMs = performance.now()
      const item = { market, heardMs: nowMs, pauseMs, looks: 0, nextLookMs: nowMs, isLookedAt: false }
      watched.set(marketId(market), item)
      void look(item)
    },
    forget: (market) => void watched.delete(marketId(market)),
    close: () => {
      clearInterval(timer)
      watched.clear()
    },
  }
}

const quietLimitMs = ({ pauseMs = SHORTEST_QUIET_MS / PAUSES }: Watched): number =>
  Math.min(Math.max(pauseMs * PAUSES, SHORTEST_QUIET_MS), LONGEST_QUIET_MS)

const isAhead = ({ lastTradeId }: SilenceWatchOptions, newest: TradeRecord): boolean =>
  Number(newest.tradeId) > (lastTradeId(newest) ?? Number.NEGATIVE_INFINITY)

const newestOf = async (
  { calls, fetchLastTrade, log }: SilenceWatchOptions,
  { market }: Watched,
): Promise<TradeRecord | undefined> => {
  await new Promise<void>((resolve) => calls.schedule(resolve))
  try {
    return await fetchLastTrade(market)
  } catch (error) {
    log.warn({ err: error, market: marketId(market) }, 'the newest trade could not be read')
    return undefined
  }
}
