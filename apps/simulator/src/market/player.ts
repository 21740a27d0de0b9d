import type { Interest } from '../sockets/audience.ts'
import { type BookMove, BookPlayback, type SimulatedBook } from './book.ts'
import { type DayFigures, dayFiguresOf } from './day.ts'
import type { Kline } from './kline.ts'
import type { SimulatedMarket } from './market.ts'
import { Playback } from './playback.ts'
import type { NumberedTrade } from './trades.ts'

export interface MarketEvents {
  readonly onTrade: (market: SimulatedMarket, trade: NumberedTrade) => void
  readonly onKline: (
    market: SimulatedMarket,
    kline: Kline,
    state: { readonly interval: string; readonly closed: boolean; readonly timeMs: number },
  ) => void
  readonly onBook: (market: SimulatedMarket, move: BookMove) => void
  readonly onTicker: (market: SimulatedMarket, figures: DayFigures) => void
}

export interface PlayerOptions {
  readonly market: SimulatedMarket
  readonly bookLevels: number
  readonly events: MarketEvents
  /** What of the market is listened to now; undefined for nothing. */
  readonly interest: () => Interest | undefined
}

/** Plays one market to whoever listens, and costs nothing while nobody does. */
export class MarketPlayer {
  readonly market: SimulatedMarket
  readonly books: BookPlayback
  readonly #options: PlayerOptions
  #playback: Playback | undefined
  /** Of the klines that the playback follows. */
  #lengths = ''
  #interest: Interest | undefined
  /** From here on nothing was told. */
  #toldMs: number

  constructor(options: PlayerOptions) {
    this.market = options.market
    this.#options = options
    this.#toldMs = options.market.clock.nowMs()
    this.books = new BookPlayback(options.market, options.bookLevels, this.#toldMs)
  }

  /** The book as it was told last, where somebody follows it, or as it is now. */
  get book(): SimulatedBook {
    if (this.#interest?.book !== true) {
      this.books.advance(this.market.clock.nowMs())
      this.#interest = this.#options.interest()
    }
    return this.books.book
  }

  /** Looks who listens; what comes until the next look is theirs. */
  look(nowMs: number): void {
    this.#interest = this.#options.interest()
    const { trades = false, intervals } = this.#interest ?? {}
    const lengths = [...(intervals ?? [])].toSorted((a, b) => a - b).join()
    if (!trades && lengths === '') {
      this.#playback = undefined
      this.#toldMs = nowMs
    } else if (this.#playback === undefined || this.#lengths !== lengths) {
      this.#lengths = lengths
      this.#playback = this.#resume((lengthMs) => intervals?.has(lengthMs) === true)
    }
  }

  play(nowMs: number): void {
    if (this.#playback === undefined) return
    this.#playback.advance(nowMs)
    this.#toldMs = nowMs
  }

  /** Goes on where it was told last. */
  #resume(isWanted: (lengthMs: number) => boolean): Playback {
    const { market, events } = this.#options
    return new Playback({
      series: market.series,
      startMs: this.#toldMs,
      intervals: new Map([...market.intervals].filter(([, lengthMs]) => isWanted(lengthMs))),
      events: {
        onTrade: (trade) => events.onTrade(market, trade),
        onKline: (interval, kline, state) => events.onKline(market, kline, { interval, ...state }),
      },
    })
  }

  playBook(nowMs: number): void {
    const move = this.#interest?.book === true ? this.books.advance(nowMs) : undefined
    if (move) this.#options.events.onBook(this.market, move)
  }

  playTicker(nowMs: number): void {
    if (this.#interest?.ticker !== true) return
    const figures = dayFiguresOf(this.market, this.book, nowMs)
    if (figures) this.#options.events.onTicker(this.market, figures)
  }
}
