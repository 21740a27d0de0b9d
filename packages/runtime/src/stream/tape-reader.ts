import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  DEMAND_RENEW_MS,
  lastValueKey,
  marketHealthKey,
  marketId,
  type MarketName,
  refusalKey,
  STALE_AFTER_MS,
  TAPE_FIELD,
  type TapeChannel,
  type Want,
  wantId,
} from '@botcriptofy/contracts/stream'
import type { Log } from '../log/index.ts'
import { blockingTwin, type Redis } from '../redis/index.ts'
import { release, want } from './demand.ts'
import type { TapeReaderMetrics } from './reader-metrics.ts'
import { Delivery, type TapeConsumer } from './tape-reader-delivery.ts'
import { TapeSource } from './tape-reader-source.ts'

export interface TapeSubscription {
  readonly market: MarketName
  readonly channels: readonly TapeChannel[]
}

/** Reads the tapes of a process: many consumers, one connection, and every market is wanted once. */
export interface TapeReader {
  /**
   * Gives the consumer what the channels are told of (`TapeEvent`): `start`, the newest record, and from there all in
   * order. A consumer that is too slow gets the newest ticker and book instead of all of them, and a `lag` in the place of
   * the trades and candles that it was not given. Returns what ends it. Never throws: Redis may be away.
   */
  readonly subscribe: (subscription: TapeSubscription, consumer: TapeConsumer) => () => void
  /** No consumer is called after this; what was wanted is wanted no longer. */
  readonly close: () => Promise<void>
}

export interface TapeReaderOptions {
  /** For commands; the reader opens a connection of its own beside it. */
  readonly redis: Redis
  readonly log: Log
  /** The most trades, and the most candles, that may wait for one consumer of a market. */
  readonly inboxSize?: number
  readonly metrics?: TapeReaderMetrics
}

const INBOX_SIZE = 2000
/** Entries of one stream that one answer of Redis may hold. */
const ENTRIES_PER_READ = 500
/** A read returns after so long, also when nothing was written; then the epochs are looked at. */
const BLOCK_MS = 1000
/** Redis that does not answer for so much longer is taken to be gone. */
const ANSWER_LIMIT_MS = BLOCK_MS + 4000
/** The reader's own stream outlives it by no more than this. */
const CONTROL_TTL_MS = 60_000
const LONGEST_RETRY_MS = 2000

export const openTapeReader = (options: TapeReaderOptions): TapeReader => {
  const reader = new Reader(options)
  return {
    subscribe: (subscription, consumer) => reader.subscribe(subscription, consumer),
    close: () => reader.close(),
  }
}

class Reader {
  readonly #options: TapeReaderOptions
  readonly #id = randomUUID()
  /** A stream that nobody else reads: an entry in it ends the read that is under way. */
  readonly #controlKey = `tape-reader:${this.#id}`
  readonly #sources = new Map<string, TapeSource>()
  readonly #closing = new AbortController()
  #blocking: Redis | undefined
  #reading: Promise<void> | undefined
  #renewal: NodeJS.Timeout | undefined
  #controlCursor = '0-0'
  #checkedMs = 0
  /** Why nothing can be read at the moment, and why single markets are not written. */
  #trouble: string | undefined
  #troubles: ReadonlyMap<string, string> = new Map()

  constructor(options: TapeReaderOptions) {
    this.#options = options
  }

  subscribe({ market, channels }: TapeSubscription, consumer: TapeConsumer): () => void {
    if (this.#closing.signal.aborted) throw new Error('expected an open tape reader, was closed')
    const { log, metrics, inboxSize = INBOX_SIZE } = this.#options
    const onError = (error: unknown) =>
      log.error({ err: error, market: marketId(market) }, 'a consumer of the tape failed')
    const onLag = (records: number) => metrics?.lagged.inc(records)
    const delivery = new Delivery({ consumer, channels, inboxSize, onError, onLag })
    metrics?.consumers.inc()
    const before = this.#wants()
    const sources = [...new Set(channels)].map((channel) => this.#sourceOf(market, channel))
    for (const source of sources) source.join(delivery)
    this.#changeWants(before)
    this.#reading ??= this.#read()
    return () => this.#unsubscribe(delivery, sources)
  }

  #unsubscribe(delivery: Delivery, sources: readonly TapeSource[]): void {
    if (!delivery.isClosed) this.#options.metrics?.consumers.dec()
    delivery.close()
    const before = this.#wants()
    for (const source of sources) {
      source.deliveries.delete(delivery)
      const isLast = source.deliveries.size === 0 && this.#sources.get(source.key) === source
      if (isLast) this.#sources.delete(source.key)
    }
    if (!this.#closing.signal.aborted) this.#changeWants(before)
  }

  async close(): Promise<void> {
    const before = this.#wants()
    this.#closing.abort()
    clearInterval(this.#renewal)
    for (const { deliveries } of this.#sources.values()) for (const delivery of deliveries) delivery.close()
    this.#sources.clear()
    this.#blocking?.disconnect()
    await this.#reading
    await this.#tryTo('release what was wanted', async () => {
      await release(this.#options.redis, this.#id, [...before.values()])
      await this.#options.redis.unlink(this.#controlKey)
    })
  }

  #sourceOf(market: MarketName, channel: TapeChannel): TapeSource {
    const onUnreadable = (error: unknown, id: string) =>
      this.#options.log.error({ err: error, market: marketId(market), channel, id }, 'entry not understood')
    const made = new TapeSource(market, channel, onUnreadable)
    const source = this.#sources.get(made.key) ?? made
    if (source === made) {
      source.setTrouble(this.#troubleOf(market))
      this.#sources.set(source.key, source)
    }
    return source
  }

  #wants(): ReadonlyMap<string, Want> {
    const wants = [...this.#sources.values()].map(({ market, channel }): Want => {
      return { market, channel: channel === 'book' ? 'book' : 'market' }
    })
    return new Map(wants.map((wanted) => [wantId(wanted), wanted]))
  }

  /** Says at once what is wanted now and was not, and the other way round. */
  #changeWants(before: ReadonlyMap<string, Want>): void {
    const { redis } = this.#options
    const now = this.#wants()
    this.#renewal ??= setInterval(() => void this.#renew(), DEMAND_RENEW_MS)
    const added = [...now].filter(([id]) => !before.has(id)).map(([, wanted]) => wanted)
    const dropped = [...before].filter(([id]) => !now.has(id)).map(([, wanted]) => wanted)
    void this.#tryTo('say what is wanted', async () => {
      await redis.xadd(this.#controlKey, 'MAXLEN', 1, '*', TAPE_FIELD, 'changed')
      if (added.length > 0) await want(redis, this.#id, { wants: added })
      if (dropped.length > 0) await release(redis, this.#id, dropped)
    })
  }

  async #renew(): Promise<void> {
    const wants = [...this.#wants().values()]
    await this.#tryTo('say what is wanted', () => want(this.#options.redis, this.#id, { wants }))
  }

  async #tryTo(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#options.log.warn({ err: error }, `the tape reader could not ${what}`)
    }
  }

  async #read(): Promise<void> {
    const blocking = this.#connect()
    await this.#tryTo('open its own stream', () => this.#openControl(blocking))
    for (let failures = 0; !this.#closing.signal.aborted;) {
      try {
        await this.#readOnce(blocking)
        failures = 0
      } catch (error) {
        if (this.#closing.signal.aborted) return
        this.#setTrouble(error instanceof Error ? error.message : String(error))
        const delayMs = Math.min(LONGEST_RETRY_MS, 50 * 2 ** failures++)
        await delay(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  #connect(): Redis {
    const blocking = blockingTwin(this.#options.redis)
    // Commands of this connection wait until Redis is back, so only its end tells of the interruption.
    blocking.on('close', () => this.#setTrouble('Redis is away'))
    blocking.on('error', (error) =>
      this.#options.log.warn({ err: error }, 'redis connection of the tape reader'),
    )
    this.#blocking = blocking
    return blocking
  }

  async #openControl(blocking: Redis): Promise<void> {
    await blocking.xadd(this.#controlKey, '*', TAPE_FIELD, 'opened')
    await blocking.pexpire(this.#controlKey, CONTROL_TTL_MS)
  }

  #setTrouble(reason: string | undefined): void {
    if ((reason === undefined) === (this.#trouble === undefined)) return
    this.#trouble = reason
    if (reason !== undefined) this.#options.metrics?.interruptions.inc()
    for (const source of this.#sources.values()) source.setTrouble(this.#troubleOf(source.market))
  }

  #troubleOf(market: MarketName): string | undefined {
    return this.#trouble ?? this.#troubles.get(marketId(market))
  }

  async #readOnce(blocking: Redis): Promise<void> {
    if (performance.now() - this.#checkedMs >= BLOCK_MS) await this.#check(blocking)
    await this.#openSources(blocking)
    const sources = [...this.#sources.values()].filter(({ isOpen }) => isOpen)
    const keys = [this.#controlKey, ...sources.map(({ key }) => key)]
    const cursors = [this.#controlCursor, ...sources.map(({ cursor }) => cursor)]
    const limit = setTimeout(() => blocking.disconnect(true), ANSWER_LIMIT_MS)
    const answer = await blocking
      .xread('COUNT', ENTRIES_PER_READ, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...cursors)
      .finally(() => clearTimeout(limit))
    this.#setTrouble(undefined)
    for (const [key, entries] of answer ?? []) {
      if (key === this.#controlKey) this.#controlCursor = entries.at(-1)?.[0] ?? this.#controlCursor
      else this.#sources.get(key)?.take(entries)
    }
  }

  /** The newest entry is asked for before what follows is read, so nothing is lost between the two. */
  async #openSources(blocking: Redis): Promise<void> {
    const unopened = [...this.#sources.values()].filter(({ isOpen }) => !isOpen)
    const starts = await Promise.all(
      unopened.map(async ({ key, lastKey, market }) => {
        const [newest, last, epoch] = await Promise.all([
          blocking.xrevrange(key, '+', '-', 'COUNT', 1),
          lastKey === undefined ? null : blocking.hget(lastKey, TAPE_FIELD),
          blocking.hget(lastValueKey(market), 'epoch'),
        ])
        return { newest: newest[0], last: last ?? undefined, epoch: numberOrNull(epoch) }
      }),
    )
    unopened.forEach((source, at) => {
      const start = starts[at]
      if (start !== undefined) source.open(start)
    })
  }

  /** What a read does not tell: a tape that was cleared, a market that nobody writes, and a Redis that lost everything. */
  async #check(blocking: Redis): Promise<void> {
    this.#checkedMs = performance.now()
    if ((await blocking.pexpire(this.#controlKey, CONTROL_TTL_MS)) === 0) await this.#recover(blocking)
    const markets = new Map([...this.#sources.values()].map(({ market }) => [marketId(market), market]))
    const troubles = new Map<string, string>()
    const epochs = new Map<string, number | null>()
    await Promise.all(
      [...markets].map(async ([id, market]) => {
        const [epoch, refusal, writtenMs] = await Promise.all([
          blocking.hget(lastValueKey(market), 'epoch'),
          blocking.get(refusalKey(market)),
          blocking.hget(marketHealthKey(market), 'writtenMs'),
        ])
        epochs.set(id, numberOrNull(epoch))
        const isAbandoned = writtenMs !== null && Date.now() - Number(writtenMs) > STALE_AFTER_MS
        const trouble = refusal ?? (isAbandoned ? 'its streamer is gone' : undefined)
        if (trouble !== undefined) troubles.set(id, trouble)
      }),
    )
    this.#troubles = troubles
    for (const source of this.#sources.values()) {
      source.setTrouble(this.#troubleOf(source.market))
      if (source.isOpen) source.noteEpoch(epochs.get(marketId(source.market)) ?? null)
    }
  }

  /** Redis came back empty, or was emptied: nobody knows what was written and never read. */
  async #recover(blocking: Redis): Promise<void> {
    this.#setTrouble('Redis lost what it held')
    await this.#openControl(blocking)
    await this.#renew()
  }
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text))
