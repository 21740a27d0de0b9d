import { barOpenAt } from '@botcriptofy/engine/market'
import { flowAt, klinesOf, tradesAt } from './history.ts'
import { addTrade, addWholeBar, type Kline, openKline } from './kline.ts'
import type { NumberedTrade } from './trades.ts'
import { barIndexAt, type Series, stepBarAt } from './series.ts'

export interface PlaybackEvents {
  readonly onTrade: (trade: NumberedTrade) => void
  /** `closed` is true once for every bar; before that, `kline` is the bar as it stands. */
  readonly onKline: (interval: string, kline: Kline, state: { closed: boolean; timeMs: number }) => void
}

export interface PlaybackOptions {
  readonly series: Series
  readonly startMs: number
  /** Names and lengths of the klines to follow. */
  readonly intervals: ReadonlyMap<string, number>
  readonly events: PlaybackEvents
}

/** The exchange sends an open bar every two seconds, and only when it has changed. */
const OPEN_BAR_EVERY_MS = 2000

/** Plays a series in time order: what happened up to a moment, each event once. */
export class Playback {
  readonly #series: Series
  readonly #intervals: ReadonlyMap<string, number>
  readonly #events: PlaybackEvents
  readonly #open = new Map<string, Kline>()
  readonly #changed = new Set<string>()
  #trades: readonly NumberedTrade[] = []
  #tradeAt = 0
  #index: number
  #openBarsSentMs: number

  constructor({ series, startMs, intervals, events }: PlaybackOptions) {
    this.#series = series
    this.#intervals = intervals
    this.#events = events
    this.#openBarsSentMs = startMs
    this.#index = barIndexAt(series, startMs)
    if (this.#index < 0) return
    this.#trades = tradesAt(series, this.#index)
    this.#tradeAt = this.#trades.filter((trade) => trade.timeMs <= startMs).length
    for (const [interval, intervalMs] of intervals) {
      const [kline] = klinesOf(series, { intervalMs, limit: 1, nowMs: startMs })
      if (kline && kline.endMs > startMs) this.#open.set(interval, kline)
    }
  }

  advance(toMs: number): void {
    this.#play(toMs)
    if (toMs - this.#openBarsSentMs < OPEN_BAR_EVERY_MS) return
    this.#openBarsSentMs = toMs
    for (const interval of this.#changed) {
      const kline = this.#open.get(interval)
      if (kline) this.#events.onKline(interval, kline, { closed: false, timeMs: toMs })
    }
    this.#changed.clear()
  }

  #play(toMs: number): void {
    for (;;) {
      const trade = this.#trades[this.#tradeAt]
      const nextMs = trade?.timeMs ?? this.#series.candles.time[this.#index + 1] ?? Number.POSITIVE_INFINITY
      this.#closeBars(Math.min(nextMs, toMs))
      if (nextMs > toMs) return
      if (trade === undefined) {
        this.#beginBar()
        continue
      }
      this.#tradeAt += 1
      this.#extendKlines(trade.timeMs, trade.price, (kline) => addTrade(kline, trade))
      this.#events.onTrade(trade)
    }
  }

  #beginBar(): void {
    this.#index += 1
    this.#tradeAt = 0
    this.#trades = tradesAt(this.#series, this.#index)
    if (this.#trades.length > 0) return
    const bar = stepBarAt(this.#series, this.#index)
    this.#extendKlines(bar.openMs, bar.open, (kline) =>
      addWholeBar(kline, bar, flowAt(this.#series, this.#index)),
    )
  }

  #extendKlines(timeMs: number, price: number, change: (kline: Kline) => void): void {
    for (const [interval, lengthMs] of this.#intervals) {
      let kline = this.#open.get(interval)
      if (kline === undefined) {
        const openMs = barOpenAt(timeMs, lengthMs)
        kline = openKline({ openMs, endMs: openMs + lengthMs }, price)
        this.#open.set(interval, kline)
      }
      change(kline)
      this.#changed.add(interval)
    }
  }

  /** Closes what has ended by a moment, before anything else of that moment happens. */
  #closeBars(atMs: number): void {
    for (const [interval, kline] of this.#open) {
      if (kline.endMs > atMs) continue
      this.#open.delete(interval)
      this.#changed.delete(interval)
      this.#events.onKline(interval, kline, { closed: true, timeMs: kline.endMs })
    }
  }
}
