import {
  type BookEvent,
  type CandleRecord,
  marketId,
  type MarketName,
  type TickerRecord,
  type TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Redis } from '@botcriptofy/runtime/redis'
import {
  openTape,
  resetTape,
  type StreamMetrics,
  type TapeLimits,
  writeTape,
} from '@botcriptofy/runtime/stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { MarketHealth } from './market-health.ts'
import { MarketTape, type PendingBatch } from './market-tape.ts'
import type { SequencePosition, SequenceStep } from './trade-sequence.ts'

/** Records that may wait while Redis is away; about a minute of a busy venue. */
const MOST_WAITING = 200_000
const LONGEST_RETRY_MS = 2000

export interface PublisherOptions {
  readonly redis: Redis
  readonly limits: TapeLimits
  readonly timeframe: string
  readonly health: MarketHealth
  readonly metrics: StreamMetrics
  readonly log: Log
}

/**
 * Writes records to the markets' streams. What arrives during one tick of the event loop, or while the last write is
 * under way, goes out as one entry a market: at high rates the batches grow instead of the queue.
 */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #tapes = new Map<string, MarketTape>()
  #leaving: MarketTape[] = []
  readonly #stopped = new AbortController()
  #waiting = 0
  #writing: Promise<void> | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** Reads where the market's tape ends. Records of a market that was not opened are refused. */
  async open(market: MarketName): Promise<void> {
    // What was left of the market before is part of where it ends.
    if (this.#leaving.length > 0) await this.#writing
    const position = await openTape(this.#options.redis, market, this.#options.timeframe)
    this.#tapes.set(marketId(market), new MarketTape(market, position))
    this.#options.health.begin(market)
  }

  lastTrade(market: MarketName): SequencePosition {
    return this.#tapeOf(market).lastTrade
  }

  isOpen(market: MarketName): boolean {
    return this.#tapes.has(marketId(market))
  }

  /** Takes no more of the market; what waits is still written. */
  forget(market: MarketName): void {
    const tape = this.#tapes.get(marketId(market))
    if (tape === undefined) return
    this.#tapes.delete(marketId(market))
    this.#leaving.push(tape)
    this.#options.health.end(market)
  }

  lastCandleOpenMs(market: MarketName): number | undefined {
    return this.#tapeOf(market).lastCandleOpenMs
  }

  /** Says how the trade follows the one before. One that finds no room is as if it had never come. */
  addTrade(trade: TradeRecord, receivedMs: number): SequenceStep['kind'] {
    const tape = this.#tapeOf(trade)
    const labels = { market: marketId(trade) }
    const { health, metrics, log } = this.#options
    if (this.#isFull(labels)) return 'duplicate'
    const step = tape.addTrade(trade, receivedMs)
    health.trade(trade, step, receivedMs)
    if (step.kind === 'duplicate') {
      metrics.duplicates.inc(labels)
      return step.kind
    }
    if (step.kind === 'gap') {
      metrics.gaps.inc(labels)
      metrics.missingTrades.inc(labels, step.toId - step.fromId + 1)
      log.warn({ ...labels, fromId: step.fromId, toId: step.toId }, 'trades are missing')
    }
    if (step.kind === 'restart') {
      metrics.restarts.inc(labels)
      log.warn({ ...labels, tradeId: trade.tradeId }, 'the venue has started over; the tape begins anew')
    }
    this.#schedule()
    return step.kind
  }

  /** An open candle is not stored: consumers build it from the trades. */
  addCandle(candle: CandleRecord, receivedMs: number): void {
    const labels = { market: marketId(candle) }
    this.#options.health.heard(candle, null, receivedMs)
    if (!candle.closed || this.#isFull(labels)) return
    if (this.#tapeOf(candle).addCandle(candle, receivedMs)) this.#schedule()
    else {
      this.#options.metrics.duplicates.inc(labels)
      this.#options.health.duplicate(candle)
    }
  }

  /** Of the tickers of a tick, and while Redis is away, only the newest is stored. */
  setTicker(ticker: TickerRecord): void {
    const nowMs = Date.now()
    this.#options.health.heard(ticker, ticker.exchangeTimeMs, nowMs)
    if (!this.#tapeOf(ticker).setTicker(ticker, nowMs)) this.#schedule()
  }

  /** Books are stored like tickers, and the gaps between them in their order. */
  addBook(market: MarketName, event: BookEvent): void {
    const nowMs = Date.now()
    this.#options.health.book(market, event, nowMs)
    if (!this.#tapeOf(market).addBook(event, nowMs)) this.#schedule()
  }

  /** Writes what waits, for as long as the limit allows. */
  async close(limitMs: number): Promise<void> {
    const limit = setTimeout(() => this.#stopped.abort(), limitMs)
    await this.#writing
    clearTimeout(limit)
    this.#stopped.abort()
    if (this.#waiting > 0) this.#options.log.warn({ records: this.#waiting }, 'records were not stored')
  }

  #tapeOf(market: MarketName): MarketTape {
    const tape = this.#tapes.get(marketId(market))
    if (tape === undefined) throw new Error(`expected an opened market, was ${marketId(market)}`)
    return tape
  }

  /** A dropped trade is not forgotten: the next one that is taken shows the gap. */
  #isFull(labels: { readonly market: string }): boolean {
    if (this.#waiting < MOST_WAITING) return false
    this.#options.metrics.dropped.inc(labels)
    return true
  }

  #schedule(): void {
    this.#waiting += 1
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined))
  }

  async #writeAll(): Promise<void> {
    // The tick's other frames are still to come.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting > 0 && !this.#stopped.signal.aborted) {
      const tapes = [...this.#tapes.values(), ...this.#leaving]
      this.#leaving = []
      const taken = tapes.map((tape) => ({ tape, batches: tape.takePending() }))
      const records = taken.flatMap(({ batches }) => batches).reduce((sum, batch) => sum + sizeOf(batch), 0)
      if (!(await this.#writeWithRetries(taken))) return
      this.#waiting -= records
    }
  }

  async #writeWithRetries(taken: readonly Taken[]): Promise<boolean> {
    const { log } = this.#options
    for (let attempt = 0; !this.#stopped.signal.aborted; attempt += 1) {
      try {
        await this.#write(taken)
        return true
      } catch (error) {
        log.error({ err: error, attempt }, 'Redis did not take the batch; trying again')
        const delayMs = Math.min(LONGEST_RETRY_MS, 50 * 2 ** attempt)
        await delay(delayMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined)
      }
    }
    return false
  }

  async #write(taken: readonly Taken[]): Promise<void> {
    const { redis, limits, metrics, timeframe } = this.#options
    // Batches after a restart must find the tape cleared, so each market's go out generation by generation.
    const generations = Math.max(...taken.map(({ batches }) => batches.length))
    for (let at = 0; at < generations; at += 1) {
      const round = taken.flatMap(({ tape, batches }) => {
        const batch = batches[at]
        return batch ? [{ tape, batch }] : []
      })
      for (const { tape, batch } of round) {
        if (!batch.restart) continue
        tape.epoch = await resetTape(redis, tape.market, { timeframe, epoch: tape.epoch })
      }
      const { refused } = await writeTape(
        redis,
        round.map(({ tape, batch }) => ({ ...batch, market: tape.market, epoch: tape.epoch })),
        limits,
      )
      if (refused > 0) metrics.refused.inc(refused)
      const oldestMs = Math.min(...round.map(({ batch }) => batch.receivedMs))
      metrics.published.observe(Math.max(0, Date.now() - oldestMs) / 1000)
    }
  }
}

interface Taken {
  readonly tape: MarketTape
  readonly batches: readonly PendingBatch[]
}

const sizeOf = ({ trades, candles, ticker, books }: PendingBatch): number =>
  trades.length + candles.length + books.length + (ticker === undefined ? 0 : 1)
