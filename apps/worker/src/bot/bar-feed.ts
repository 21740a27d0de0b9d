import { setTimeout as delay } from 'node:timers/promises'
import { type MarketName, TAPE_TIMEFRAME_MS, type TapeEvent } from '@botcriptofy/contracts/stream'
import type { BarPrices } from '@botcriptofy/engine/paper'
import { barOfTape, buildBar, newestBarOpen } from './bar-builder.ts'

export interface TimeSpan {
  /** Opens in [fromMs, toMs), epoch ms. */
  readonly fromMs: number
  readonly toMs: number
}

/** Where closed bars come from. */
export interface BarSources {
  /** Tells what happens at the market's candles from now on; returns what ends it. */
  readonly subscribe: (market: MarketName, onEvent: (event: TapeEvent) => void) => () => void
  /** One-minute bars that the tape still has. */
  readonly readTape: (market: MarketName, span: TimeSpan) => Promise<readonly BarPrices[]>
  /** Stored bars of the bot's own length. */
  readonly readStored: (span: TimeSpan) => Promise<readonly BarPrices[]>
}

export interface BarFeedOptions extends BarSources {
  readonly market: MarketName
  readonly barMs: number
}

/** Minutes beyond those of one bar that are kept; what is behind them is read again. */
const SPARE_MINUTES = 2000
/** A hole may be filled by somebody at any time; it is looked at so often. */
const HOLE_LOOK_MS = 1000

/**
 * The closed bars of a market, one after the other, for one bot: made of the tape's minutes as they come, and of what
 * tape and database have where some did not come. A bar that lacks a minute is not given.
 */
export class BarFeed {
  readonly #options: BarFeedOptions
  readonly #minutes = new Map<number, BarPrices>()
  readonly #unsubscribe: () => void
  #newestMinute: number | undefined
  /** Bars that the database had. */
  readonly #stored = new Map<number, BarPrices>()
  #lookedMs = Number.NEGATIVE_INFINITY
  #interruptedMs: number | undefined
  #wake: () => void = () => undefined
  #isWoken = false

  constructor(options: BarFeedOptions) {
    this.#options = options
    this.#unsubscribe = options.subscribe(options.market, (event) => this.#onEvent(event))
  }

  /** Open of the newest bar that has closed; undefined before the first candle. */
  get newestOpen(): number | undefined {
    return this.#newestMinute === undefined
      ? undefined
      : newestBarOpen(this.#newestMinute, this.#options.barMs)
  }

  /** For how long nobody knows what is traded. */
  get interruptedMs(): number {
    return this.#interruptedMs === undefined ? 0 : performance.now() - this.#interruptedMs
  }

  /** The closed bar that opens at `openMs`; undefined while it has not closed, or lacks something that may still come. */
  async next(openMs: number): Promise<BarPrices | undefined> {
    this.#forget(openMs)
    const { newestOpen } = this
    if (newestOpen === undefined || newestOpen < openMs) return undefined
    const bar = this.#find(openMs)
    if (bar !== undefined) return bar
    const nowMs = performance.now()
    if (nowMs - this.#lookedMs < HOLE_LOOK_MS) return undefined
    this.#lookedMs = nowMs
    await this.#read(openMs, Math.min(newestOpen, openMs + this.#spareMs))
    const found = this.#find(openMs)
    // There may be as much again behind what was read.
    if (found !== undefined) this.#lookedMs = Number.NEGATIVE_INFINITY
    return found
  }

  /** Up to `count` bars without a hole between them, the last of which opens at `lastOpenMs`. */
  async history(lastOpenMs: number, count: number): Promise<readonly BarPrices[]> {
    const { barMs } = this.#options
    let bars: BarPrices[] = []
    let openMs = lastOpenMs - (count - 1) * barMs
    while (openMs <= lastOpenMs) {
      const toOpenMs = Math.min(lastOpenMs, openMs + this.#spareMs)
      await this.#read(openMs, toOpenMs)
      for (; openMs <= toOpenMs; openMs += barMs) {
        const bar = this.#find(openMs)
        if (bar === undefined) bars = []
        else bars.push(bar)
      }
      this.#forget(openMs)
    }
    return bars
  }

  /** Until something new is there, or `limitMs` are over; rejects when `signal` aborts. */
  async wait(signal: AbortSignal, limitMs: number): Promise<void> {
    signal.throwIfAborted()
    if (!this.#isWoken) {
      const timeout = new AbortController()
      const woken = new Promise<void>((resolve) => (this.#wake = resolve))
      const limit = delay(limitMs, undefined, { signal: AbortSignal.any([signal, timeout.signal]) })
      await Promise.race([woken, limit.catch(() => undefined)])
      timeout.abort()
    }
    this.#isWoken = false
    signal.throwIfAborted()
  }

  /** Ends a wait. */
  readonly wake = (): void => {
    this.#isWoken = true
    this.#wake()
  }

  close(): void {
    this.#unsubscribe()
  }

  #find(openMs: number): BarPrices | undefined {
    return buildBar(this.#minutes, openMs, this.#options.barMs) ?? this.#stored.get(openMs)
  }

  #onEvent(event: TapeEvent): void {
    if (event.type === 'candle') this.#keep(barOfTape(event))
    else if (event.type === 'interrupted') this.#interruptedMs ??= performance.now()
    else if (event.type === 'resumed') this.#interruptedMs = undefined
    // What a lag or a hole hides is read when it is wanted.
    this.wake()
  }

  #keep(minute: BarPrices): void {
    if (this.#newestMinute === undefined || minute.time > this.#newestMinute) this.#newestMinute = minute.time
    const most = 2 * (this.#options.barMs + this.#spareMs)
    if (this.#minutes.size < most / TAPE_TIMEFRAME_MS) this.#minutes.set(minute.time, minute)
  }

  get #spareMs(): number {
    const { barMs } = this.#options
    return Math.ceil((SPARE_MINUTES * TAPE_TIMEFRAME_MS) / barMs) * barMs
  }

  #forget(beforeMs: number): void {
    for (const bars of [this.#minutes, this.#stored]) {
      for (const openMs of bars.keys()) if (openMs < beforeMs) bars.delete(openMs)
    }
  }

  /** What tape and database have of the bars that open from one moment to another. */
  async #read(fromMs: number, lastOpenMs: number): Promise<void> {
    const { market, barMs, readTape, readStored } = this.#options
    const span = { fromMs, toMs: lastOpenMs + barMs }
    const [minutes, stored] = await Promise.all([readTape(market, span), readStored(span)])
    for (const minute of minutes) this.#keep(minute)
    for (const bar of stored) this.#stored.set(bar.time, bar)
  }
}
