import {
  DEMAND_CHANNELS,
  DEMAND_RENEW_MS,
  marketId,
  type MarketName,
  marketShard,
  type Want,
  wantId,
} from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Redis } from '@botcriptofy/runtime/redis'
import { type Demand, readDemand, refuse, type StreamMetrics, want } from '@botcriptofy/runtime/stream'
import type { VenueFeed } from '../feed/open-feed.ts'
import { createLinger } from './linger.ts'

/** A venue lists new markets now and then. */
const UNKNOWN_RETRY_MS = 600_000

export interface DemandWatchOptions {
  readonly redis: Redis
  /** The name under which this process wants what it was told to stream always. */
  readonly subscriber: string
  readonly always: readonly Want[]
  /** How long a market is still followed after the last one stopped wanting it. */
  readonly lingerMs: number
  /** Undefined for a venue that nobody here speaks with. */
  readonly feedOf: (venue: string) => VenueFeed | undefined
  readonly metrics: StreamMetrics
  readonly log: Log
}

/** Follows what is wanted, whoever wants it: our own configuration is one subscriber among the others. */
export class DemandWatch {
  readonly #options: DemandWatchOptions
  readonly #linger: ReturnType<typeof createLinger>
  /** Wanted, and not there: by `wantId`, when the venue said so. */
  readonly #unknown = new Map<string, { readonly want: Want; readonly toldMs: number }>()
  /** What is followed, and what lingers. */
  readonly #followed = new Map<string, Want>()
  /** Of these it is known what is wanted. */
  #shards: ReadonlySet<number> = new Set()
  #renewedMs = Number.NEGATIVE_INFINITY

  constructor(options: DemandWatchOptions) {
    this.#options = options
    this.#linger = createLinger(options.lingerMs)
  }

  /** All that is wanted of the shard, and that the venues have, arrives here. */
  isReceived(shard: number): boolean {
    if (!this.#shards.has(shard)) return false
    const wants = [...this.#followed.values()].filter((one) => marketShard(one.market) === shard)
    return wants.every(
      (one) => this.#unknown.has(wantId(one)) || this.#options.feedOf(one.market.venue)?.isSubscribed(one),
    )
  }

  /** What the venue sends of everything that is followed of the market arrives. */
  isSubscribed(market: MarketName): boolean {
    const feed = this.#options.feedOf(market.venue)
    const wants = DEMAND_CHANNELS.map((channel) => ({ channel, market })).filter((one) =>
      this.#followed.has(wantId(one)),
    )
    return feed !== undefined && wants.every((want) => feed.isSubscribed(want))
  }

  /** Reads what is wanted of these shards and tells the feeds what that changes. */
  async look(shards: ReadonlySet<number>): Promise<void> {
    const { redis, subscriber, always } = this.#options
    const nowMs = performance.now()
    const isDue = nowMs - this.#renewedMs >= DEMAND_RENEW_MS
    if (isDue) {
      await want(redis, subscriber, { wants: always })
      await this.#tellUnknown()
      this.#renewedMs = nowMs
    }
    const demands = await readDemand(redis, [...shards])
    this.#count(demands)
    const { added, removed } = this.#linger.update(
      demands.filter(({ market }) => shards.has(marketShard(market))),
      nowMs,
    )
    for (const gone of removed) this.#unknown.delete(wantId(gone))
    this.#change([...added, ...this.#retried(nowMs)], removed)
    this.#shards = shards
  }

  /** The venue has no such market: said once, and to readers for as long as it is wanted. */
  refuse(unknown: Want): void {
    const id = wantId(unknown)
    if (!this.#unknown.has(id))
      this.#options.log.error({ market: marketId(unknown.market) }, 'the venue has no such market')
    this.#unknown.set(id, { want: unknown, toldMs: performance.now() })
    this.#tellUnknown().catch((error) => this.#options.log.warn({ err: error }, 'a refusal was not stored'))
  }

  #change(added: readonly Want[], removed: readonly Want[]): void {
    for (const gone of removed) this.#followed.delete(wantId(gone))
    for (const one of added) this.#followed.set(wantId(one), one)
    const venues = new Set([...added, ...removed].map(({ market }) => market.venue))
    for (const venue of venues) {
      const ofVenue = (wants: readonly Want[]) => wants.filter(({ market }) => market.venue === venue)
      const feed = this.#options.feedOf(venue)
      if (feed === undefined) ofVenue(added).forEach((unknown) => this.refuse(unknown))
      else feed.change({ added: ofVenue(added), removed: ofVenue(removed) })
    }
  }

  #retried(nowMs: number): readonly Want[] {
    const due = [...this.#unknown.values()].filter(({ toldMs }) => nowMs - toldMs >= UNKNOWN_RETRY_MS)
    return due.map(({ want: unknown }) => unknown)
  }

  async #tellUnknown(): Promise<void> {
    const tellings = [...this.#unknown.values()].map(({ want: { market } }) =>
      refuse(this.#options.redis, market, { reason: 'the venue has no such market' }),
    )
    await Promise.all(tellings)
  }

  #count(demands: readonly Demand[]): void {
    const { metrics } = this.#options
    for (const channel of DEMAND_CHANNELS) {
      const ofChannel = demands.filter((demand) => demand.channel === channel)
      metrics.wanted.set({ channel }, ofChannel.length)
      const subscribers = ofChannel.reduce((sum, demand) => sum + demand.subscribers, 0)
      metrics.subscribers.set({ channel }, subscribers)
    }
  }
}
