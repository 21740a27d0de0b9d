import { setTimeout as delay } from 'node:timers/promises'
import {
  type BookEvent,
  marketHealthKey,
  marketId,
  type MarketName,
  type MarketSource,
  type TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Redis } from '@botcriptofy/runtime/redis'
import { noteSource, type StreamMetrics } from '@botcriptofy/runtime/stream'
import type { SequenceStep } from './trade-sequence.ts'

const WRITE_EVERY_MS = 1000
/** What Redis gets to forget the markets of a process that stops. */
const CLEAR_LIMIT_MS = 300
/** The rate is that of the last seconds, so that a market of few messages does not flicker. */
const RATE_SECONDS = 10
/** A venue's clock further ahead or behind than this is of another time, such as a simulator's. */
const MOST_AHEAD_MS = 10_000
const MOST_LAG_MS = 3_600_000

export interface MarketHealthOptions {
  readonly redis: Redis
  /** By venue. */
  readonly sources: ReadonlyMap<string, MarketSource>
  /** The connection is up, and the venue has confirmed the subscription. */
  readonly isSubscribed: (market: MarketName) => boolean
  /** This process writes the market's tape: of others it only sees the figures. */
  readonly isWritten: (market: MarketName) => boolean
  readonly metrics: Pick<StreamMetrics, 'lag'>
  readonly log: Log
}

/** What was seen of one market. */
interface Figures {
  readonly market: MarketName
  heardMs: number | undefined
  missedMs: number | undefined
  lagMs: number | undefined
  hasBook: boolean
  bookGap: boolean
  gaps: number
  missingTrades: number
  resyncs: number
  duplicates: number
  checksumFailures: number
  /** Messages of the second that is under way, and of those before it. */
  messages: number
  readonly seconds: number[]
}

const noFigures = (market: MarketName): Figures => ({
  market,
  heardMs: undefined,
  missedMs: undefined,
  lagMs: undefined,
  hasBook: false,
  bookGap: false,
  gaps: 0,
  missingTrades: 0,
  resyncs: 0,
  duplicates: 0,
  checksumFailures: 0,
  messages: 0,
  seconds: [],
})

/** Tells `GET /v1/markets` how each market is that this process follows: one small hash, rewritten every second. */
export class MarketHealth {
  readonly #options: MarketHealthOptions
  readonly #markets = new Map<string, Figures>()
  readonly #timer: NodeJS.Timeout
  #writing: Promise<void> | undefined

  constructor(options: MarketHealthOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#tick(), WRITE_EVERY_MS)
  }

  begin(market: MarketName): void {
    if (!this.#markets.has(marketId(market))) this.#markets.set(marketId(market), noFigures(market))
  }

  /** Says what the market's records are of, for those who keep them. */
  async noteSource(market: MarketName): Promise<void> {
    await noteSource(this.#options.redis, market, this.#sourceOf(market).kind)
  }

  /** The market is followed no longer: nothing is said of it any more. */
  end(market: MarketName): void {
    if (!this.#markets.delete(marketId(market))) return
    this.#options.metrics.lag.remove({ market: marketId(market) })
    if (!this.#options.isWritten(market)) return
    const clear = async () => {
      await this.#writing
      await this.#options.redis.unlink(marketHealthKey(market))
    }
    clear().catch((error: unknown) => this.#options.log.warn({ err: error }, 'health of a market stays'))
  }

  /** A message about the market; `exchangeTimeMs` where the venue stamped it. */
  heard(market: MarketName, exchangeTimeMs: number | null, receivedMs: number): void {
    const figures = this.#markets.get(marketId(market))
    if (figures === undefined) return
    figures.messages += 1
    figures.heardMs = receivedMs
    if (exchangeTimeMs === null) return
    const lagMs = receivedMs - exchangeTimeMs
    figures.lagMs = lagMs < -MOST_AHEAD_MS || lagMs > MOST_LAG_MS ? undefined : lagMs
  }

  trade(trade: TradeRecord, step: SequenceStep, receivedMs: number): void {
    this.heard(trade, trade.exchangeTimeMs, receivedMs)
    const figures = this.#markets.get(marketId(trade))
    if (figures === undefined) return
    if (step.kind === 'duplicate') figures.duplicates += 1
    if (step.kind !== 'gap') return
    figures.gaps += 1
    figures.missingTrades += step.toId - step.fromId + 1
    figures.missedMs = receivedMs
  }

  duplicate(market: MarketName): void {
    const figures = this.#markets.get(marketId(market))
    if (figures !== undefined) figures.duplicates += 1
  }

  book(market: MarketName, event: BookEvent, receivedMs: number): void {
    if (event.type === 'book_snapshot') this.heard(market, event.exchangeTimeMs, receivedMs)
    const figures = this.#markets.get(marketId(market))
    if (figures === undefined) return
    if (event.type === 'gap_open') {
      figures.bookGap = true
      if (event.reason.includes('checksum')) figures.checksumFailures += 1
    } else if (event.type === 'gap_closed') {
      if (figures.hasBook) figures.resyncs += 1
      figures.hasBook = true
      figures.bookGap = false
    }
  }

  /** Nobody vouches for what this process followed. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.race([this.#writing, delay(CLEAR_LIMIT_MS)])
    const keys = this.#written().map(({ market }) => marketHealthKey(market))
    this.#markets.clear()
    // One by one: the shards live in different slots of a Redis Cluster. What stays when Redis is away turns stale.
    const cleared = Promise.all(keys.map((key) => this.#options.redis.unlink(key)))
    await Promise.race([cleared.catch(() => undefined), delay(CLEAR_LIMIT_MS)])
  }

  #sourceOf({ venue }: MarketName): MarketSource {
    return this.#options.sources.get(venue) ?? { kind: 'other', host: venue }
  }

  #written(): readonly Figures[] {
    return [...this.#markets.values()].filter(({ market }) => this.#options.isWritten(market))
  }

  #tick(): void {
    const nowMs = Date.now()
    for (const figures of this.#markets.values()) {
      figures.seconds.push(figures.messages)
      if (figures.seconds.length > RATE_SECONDS) figures.seconds.shift()
      figures.messages = 0
      const { market, lagMs } = figures
      if (lagMs !== undefined) this.#options.metrics.lag.set({ market: marketId(market) }, lagMs / 1000)
    }
    // While Redis is slow or away the figures wait; the next write has them.
    this.#writing ??= this.#write(nowMs)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'health of the markets not stored'))
      .finally(() => (this.#writing = undefined))
  }

  async #write(nowMs: number): Promise<void> {
    const pipeline = this.#options.redis.pipeline()
    for (const figures of this.#written()) {
      pipeline.hset(marketHealthKey(figures.market), this.#fieldsOf(figures, nowMs))
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  }

  #fieldsOf(figures: Figures, nowMs: number): Record<string, string | number> {
    const { market, seconds } = figures
    const { kind, host } = this.#sourceOf(market)
    const messages = seconds.reduce((sum, count) => sum + count, 0)
    const perSecond = messages / (seconds.length * (WRITE_EVERY_MS / 1000))
    return {
      sourceKind: kind,
      sourceHost: host,
      subscribed: this.#options.isSubscribed(market) ? 1 : 0,
      bookGap: figures.bookGap ? 1 : 0,
      writtenMs: nowMs,
      heardMs: figures.heardMs ?? '',
      missedMs: figures.missedMs ?? '',
      lagMs: figures.lagMs ?? '',
      messagesPerSecond: Math.round(perSecond * 10) / 10,
      gaps: figures.gaps,
      missingTrades: figures.missingTrades,
      resyncs: figures.resyncs,
      duplicates: figures.duplicates,
      checksumFailures: figures.checksumFailures,
    }
  }
}
