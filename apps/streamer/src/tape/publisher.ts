import { setTimeout as delay } from 'node:timers/promises'
import {
  type BookEvent,
  type CandleRecord,
  marketId,
  type MarketName,
  marketShard,
  type TickerRecord,
  type TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Redis } from '@botcriptofy/runtime/redis'
import {
  type Lease,
  LeaseLost,
  openTape,
  resetTape,
  type StreamMetrics,
  writeTape,
} from '@botcriptofy/runtime/stream'
import type { MarketHealth } from './market-health.ts'
import { MarketTape, type PendingBatch, sizeOf } from './market-tape.ts'
import { continueTape } from './take-over.ts'
import { createTapeRetention, type TapeRetention, type TapeRetentionOptions } from './tape-retention.ts'
import type { SequencePosition, SequenceStep } from './trade-sequence.ts'

/** Records of one shard that may wait while Redis is away; about a minute of a busy market. */
const MOST_WAITING = 50_000
const LONGEST_RETRY_MS = 2000
const UNKNOWN: SequencePosition = { lastId: undefined, lastTimeMs: undefined, clockMs: undefined }
/** What a standby remembers of each market: longer than a take-over takes. */
const STANDBY_MS = 15_000
const STANDBY_RECORDS = 20_000

export interface PublisherOptions {
  readonly redis: Redis
  readonly retention: TapeRetentionOptions
  readonly timeframe: string
  readonly health: MarketHealth
  readonly metrics: StreamMetrics
  readonly log: Log
}

/** One market: what waits to be written, or what a standby remembers. */
interface Entry {
  readonly shard: Shard
  readonly retention: TapeRetention
  tape: MarketTape
}

interface Shard {
  readonly number: number
  /** There where this process writes the shard. */
  lease: Lease | undefined
  isHeldByOther: boolean
  /** Rises when the shard is taken or lost: what was read of its tapes before may be old. */
  changes: number
  /** Records to be written. */
  waiting: number
}

interface Taken {
  readonly entry: Entry
  readonly batches: readonly PendingBatch[]
}

/**
 * Writes records to the markets' streams. What arrives during one tick of the event loop, or while the last write is
 * under way, goes out as one entry a market: at high rates the batches grow instead of the queue. Of shards that another
 * process writes, the last seconds are remembered, and written once the shard is ours.
 */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #entries = new Map<string, Entry>()
  readonly #shards = new Map<number, Shard>()
  readonly #stopped = new AbortController()
  /** Of markets that are followed no longer. */
  #leaving: Entry[] = []
  #writing: Promise<void> | undefined
  #flight: Promise<boolean> | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** Reads where the market's tape ends. Records of a market that was not opened are refused. */
  async open(market: MarketName): Promise<void> {
    const { redis, timeframe, retention } = this.#options
    const shard = this.#shardOf(marketShard(market))
    await this.#options.health.noteSource(market)
    for (;;) {
      const { changes } = shard
      // What was left of the market before is part of where it ends.
      if (this.#leaving.length > 0) await this.#writing
      const position = await openTape(redis, market, timeframe)
      if (changes !== shard.changes) continue
      // While another writes it nobody here knows where it ends.
      const from = shard.isHeldByOther ? undefined : position
      const entry = { shard, retention: createTapeRetention(retention), tape: new MarketTape(market, from) }
      this.#entries.set(marketId(market), entry)
      this.#options.health.begin(market)
      return
    }
  }

  isOpen({ venue, symbol }: { readonly venue: string; readonly symbol: string | null }): boolean {
    return symbol !== null && this.#entries.has(marketId({ venue, symbol }))
  }

  /** Takes no more of the market; what waits is still written. */
  forget(market: MarketName): void {
    const entry = this.#entries.get(marketId(market))
    if (entry === undefined) return
    this.#entries.delete(marketId(market))
    this.#options.health.end(market)
    if (entry.shard.lease !== undefined) this.#leaving.push(entry)
  }

  leaseOf(shard: number): Lease | undefined {
    return this.#shards.get(shard)?.lease
  }

  /** Goes on where the shard's tapes end, with what is remembered from there on. Nobody else writes them any more. */
  async own(lease: Lease): Promise<void> {
    const { redis, timeframe, metrics, log } = this.#options
    const shard = this.#shardOf(lease.shard)
    // What is on its way under an older lease is written or remembered before the tapes are read.
    await this.#flight
    shard.isHeldByOther = false
    shard.changes += 1
    const entries = [...this.#entries.values()].filter((entry) => entry.shard === shard)
    const positions = await Promise.all(entries.map(({ tape }) => openTape(redis, tape.market, timeframe)))
    entries.forEach((entry, at) => {
      const position = positions[at]
      if (position === undefined) return
      entry.tape = continueTape(position, entry.tape, (trade, step) =>
        noteStep(trade, step, { metrics, log }),
      )
    })
    shard.lease = lease
    shard.waiting = entries.reduce((sum, { tape }) => sum + tape.waiting, 0)
    this.#start()
  }

  /** Writes nothing of the shard any more; says which lease that was. What waits is remembered. */
  disown(shardNumber: number): Lease | undefined {
    const shard = this.#shardOf(shardNumber)
    const { lease } = shard
    if (lease === undefined) return undefined
    shard.lease = undefined
    shard.changes += 1
    shard.waiting = 0
    return lease
  }

  /** Whether another writes a shard that is not ours. */
  stand(shard: number, { isHeldByOther }: { readonly isHeldByOther: boolean }): void {
    this.#shardOf(shard).isHeldByOther = isHeldByOther
  }

  /** Forgets what is too old to be of use for a take-over. Called about every second. */
  cut(): void {
    const nowMs = Date.now()
    for (const { shard, tape } of this.#entries.values()) {
      if (shard.lease !== undefined) continue
      tape.cut(nowMs)
      // As long as nobody writes the shard, all of it is still to be written.
      const sinceMs = shard.isHeldByOther ? nowMs - STANDBY_MS : 0
      tape.trim({ sinceMs, mostRecords: STANDBY_RECORDS })
    }
  }

  /** Of a market that is not open nothing is known. */
  lastTrade(market: MarketName): SequencePosition {
    return this.#entries.get(marketId(market))?.tape.lastTrade ?? UNKNOWN
  }

  lastCandleOpenMs(market: MarketName): number | undefined {
    return this.#entryOf(market).tape.lastCandleOpenMs
  }

  /** Says how the trade follows the one before. One that finds no room is as if it had never come. */
  addTrade(trade: TradeRecord, receivedMs: number): SequenceStep['kind'] {
    const entry = this.#entryOf(trade)
    if (this.#isFull(entry)) return 'duplicate'
    const step = entry.tape.addTrade(trade, receivedMs)
    this.#options.health.trade(trade, step, receivedMs)
    // Of what another writes nothing is news.
    if (entry.shard.lease !== undefined) noteStep(trade, step, this.#options)
    if (step.kind !== 'duplicate') this.#schedule(entry)
    return step.kind
  }

  /** An open candle is not stored: consumers build it from the trades. */
  addCandle(candle: CandleRecord, receivedMs: number): void {
    const entry = this.#entryOf(candle)
    const { health, metrics } = this.#options
    health.heard(candle, null, receivedMs)
    if (!candle.closed || this.#isFull(entry)) return
    if (entry.tape.addCandle(candle, receivedMs)) return this.#schedule(entry)
    metrics.duplicates.inc({ market: marketId(candle) })
    health.duplicate(candle)
  }

  /** Of the tickers of a tick, and while Redis is away, only the newest is stored. */
  setTicker(ticker: TickerRecord): void {
    const nowMs = Date.now()
    const entry = this.#entryOf(ticker)
    this.#options.health.heard(ticker, ticker.exchangeTimeMs, nowMs)
    if (!entry.tape.setTicker(ticker, nowMs)) this.#schedule(entry)
  }

  /** Books are stored like tickers, and the gaps between them in their order. */
  addBook(market: MarketName, event: BookEvent): void {
    const nowMs = Date.now()
    const entry = this.#entryOf(market)
    this.#options.health.book(market, event, nowMs)
    if (!entry.tape.addBook(event, nowMs)) this.#schedule(entry)
  }

  /** Writes what waits, for as long as the limit allows. */
  async close(limitMs: number): Promise<void> {
    const limit = setTimeout(() => this.#stopped.abort(), limitMs)
    await this.#writing
    clearTimeout(limit)
    this.#stopped.abort()
    const records = [...this.#shards.values()].reduce((sum, { waiting }) => sum + waiting, 0)
    if (records > 0) this.#options.log.warn({ records }, 'records were not stored')
  }

  #shardOf(number: number): Shard {
    const known = this.#shards.get(number)
    if (known !== undefined) return known
    const shard: Shard = { number, lease: undefined, isHeldByOther: false, changes: 0, waiting: 0 }
    this.#shards.set(number, shard)
    return shard
  }

  #entryOf(market: MarketName): Entry {
    const entry = this.#entries.get(marketId(market))
    if (entry === undefined) throw new Error(`expected an opened market, was ${marketId(market)}`)
    return entry
  }

  /** A dropped trade is not forgotten: the next one that is taken shows the gap. */
  #isFull({ shard, tape }: Entry): boolean {
    if (shard.waiting < MOST_WAITING) return false
    this.#options.metrics.dropped.inc({ market: marketId(tape.market) })
    return true
  }

  #schedule({ shard }: Entry): void {
    if (shard.lease === undefined) return
    shard.waiting += 1
    this.#start()
  }

  #start(): void {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined))
  }

  async #writeAll(): Promise<void> {
    // The tick's other frames are still to come.
    await new Promise((resolve) => setImmediate(resolve))
    while (!this.#stopped.signal.aborted) {
      const taken = this.#takePending()
      if (taken.length === 0) return
      this.#flight = this.#writeWithRetries(taken)
      if (!(await this.#flight)) return
    }
  }

  #takePending(): readonly Taken[] {
    const entries = [...this.#entries.values(), ...this.#leaving]
    this.#leaving = []
    return entries
      .filter(({ shard }) => shard.lease !== undefined)
      .map((entry) => ({ entry, batches: entry.tape.takePending() }))
      .filter(({ batches }) => batches.length > 0)
  }

  /** False when the process stops first. */
  async #writeWithRetries(taken: readonly Taken[]): Promise<boolean> {
    const { log } = this.#options
    let left = this.#stillOwned(taken)
    for (let attempt = 0; !this.#stopped.signal.aborted; attempt += 1) {
      try {
        await this.#write(left)
        for (const { entry, batches } of this.#stillOwned(left)) entry.shard.waiting -= sumOf(batches)
        return true
      } catch (error) {
        log.error({ err: error, attempt }, 'Redis did not take the batch; trying again')
        const delayMs = Math.min(LONGEST_RETRY_MS, 50 * 2 ** attempt)
        await delay(delayMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined)
        left = this.#stillOwned(left)
      }
    }
    return false
  }

  /** What is another's to write by now is only remembered. */
  #stillOwned(taken: readonly Taken[]): readonly Taken[] {
    return taken.filter(({ entry, batches }) => {
      if (entry.shard.lease !== undefined) return true
      entry.tape.putBack(batches)
      return false
    })
  }

  async #write(taken: readonly Taken[]): Promise<void> {
    const { redis, metrics, timeframe } = this.#options
    // Batches after a restart must find the tape cleared, so each market's go out generation by generation.
    const generations = Math.max(0, ...taken.map(({ batches }) => batches.length))
    for (let at = 0; at < generations; at += 1) {
      const round = taken.flatMap(({ entry, batches }) => {
        const batch = batches[at]
        const { lease } = entry.shard
        return batch && lease ? [{ entry, batch, lease }] : []
      })
      for (const { entry, batch, lease } of round) {
        if (!batch.restart) continue
        const { market, epoch } = entry.tape
        const reset = resetTape(redis, market, { lease, timeframe, epoch })
        entry.tape.epoch = await reset.catch((error: unknown) => this.#orLost(error, lease, epoch))
      }
      const writes = [...groupBy(round, ({ lease }) => lease)].map(([lease, of]) => ({
        lease,
        batches: of.map(({ entry: { tape, retention }, batch }) => ({
          ...batch,
          market: tape.market,
          epoch: tape.epoch,
          limits: retention.limitsOf(batch, Date.now()),
        })),
      }))
      const { refused, fenced } = await writeTape(redis, writes)
      if (refused > 0) metrics.refused.inc(refused)
      fenced.forEach((lease) => this.#lose(lease))
      const oldestMs = Math.min(...round.map(({ batch }) => batch.receivedMs))
      metrics.published.observe(Math.max(0, Date.now() - oldestMs) / 1000)
    }
  }

  #orLost(error: unknown, lease: Lease, epoch: number): number {
    if (!(error instanceof LeaseLost)) throw error
    this.#lose(lease)
    return epoch
  }

  #lose(lease: Lease): void {
    const { metrics, log } = this.#options
    metrics.fenced.inc({ shard: lease.shard })
    log.warn({ shard: lease.shard }, 'a write was refused: the shard was taken over')
    if (this.leaseOf(lease.shard) !== lease) return
    this.disown(lease.shard)
    this.#shardOf(lease.shard).isHeldByOther = true
  }
}

const sumOf = (batches: readonly PendingBatch[]): number =>
  batches.reduce((sum, batch) => sum + sizeOf(batch), 0)

const groupBy = <T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> => {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? []
    groups.set(keyOf(item), group)
    group.push(item)
  }
  return groups
}

const noteStep = (
  trade: TradeRecord,
  step: SequenceStep,
  { metrics, log }: Pick<PublisherOptions, 'metrics' | 'log'>,
): void => {
  const labels = { market: marketId(trade) }
  switch (step.kind) {
    case 'next':
      return
    case 'duplicate':
      return metrics.duplicates.inc(labels)
    case 'gap':
      metrics.gaps.inc(labels)
      metrics.missingTrades.inc(labels, step.toId - step.fromId + 1)
      return log.warn({ ...labels, fromId: step.fromId, toId: step.toId }, 'trades are missing')
    case 'restart':
      metrics.restarts.inc(labels)
      return log.warn(
        { ...labels, tradeId: trade.tradeId },
        'the venue has started over; the tape begins anew',
      )
  }
}
