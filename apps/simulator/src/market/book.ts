import type { SimulatedMarket } from './market.ts'
import { lastTradeAt } from './history.ts'
import { formatSteps } from './units.ts'

/** The market's book has a new version so often, whether it changes then or not. */
const VERSION_EVERY_MS = 100
/** A fraction of the first price, which is the distance of places where orders may rest. */
const SPACING = 0.0001
/** Versions for which the orders at one price stay as they are: from the first, up to so many more. */
const SHORTEST_LIFE = 10
const LIFE_SPREAD = 50
/** One place of so many is empty. */
const EMPTY_ONE_OF = 5

export interface SimulatedLevel {
  /** In price steps. */
  readonly price: number
  /** In amount steps. */
  readonly amount: number
}

/** Levels best first. */
export interface SimulatedBook {
  readonly version: number
  readonly timeMs: number
  readonly bids: readonly SimulatedLevel[]
  readonly asks: readonly SimulatedLevel[]
}

/** A market's book moved on by one step of the playback. */
export interface BookMove {
  readonly before: SimulatedBook
  readonly after: SimulatedBook
}

export const bookVersionAt = ({ series }: SimulatedMarket, timeMs: number): number =>
  Math.max(1, Math.floor((timeMs - series.candles.time[0]!) / VERSION_EVERY_MS))

/**
 * The book of a market at one of its versions: a function of the seed, the version and the last price, so that any version
 * can be told again. Bids rest below the last price and asks above it, at places of a fixed grid.
 */
export const bookAt = (market: SimulatedMarket, version: number, levels: number): SimulatedBook => {
  const { series } = market
  const timeMs = series.candles.time[0]! + version * VERSION_EVERY_MS
  const firstPrice = Math.round(series.candles.open[0]! * 10 ** series.priceDecimals)
  const price = lastTradeAt(series, timeMs)?.price ?? firstPrice
  const spacing = Math.max(1, Math.round(firstPrice * SPACING))
  const amountAt = amountsOf(market, version)
  const side = (from: number, step: 1 | -1): readonly SimulatedLevel[] => {
    const found: SimulatedLevel[] = []
    for (let place = from; place > 0 && found.length < levels; place += step) {
      const amount = amountAt(place)
      if (amount > 0) found.push({ price: place * spacing, amount })
    }
    return found
  }
  return {
    version,
    timeMs,
    bids: side(Math.ceil(price / spacing) - 1, -1),
    asks: side(Math.floor(price / spacing) + 1, 1),
  }
}

const amountsOf = ({ series: { seed, amountDecimals } }: SimulatedMarket, version: number) => {
  const most = 5 * 10 ** amountDecimals
  return (place: number): number => {
    const own = mixed(seed, place)
    const life = SHORTEST_LIFE + (own % LIFE_SPREAD)
    const drawn = mixed(own, Math.floor((version + (own % life)) / life))
    return drawn % EMPTY_ONE_OF === 0 ? 0 : 1 + (mixed(drawn, place) % most)
  }
}

/** Two numbers mixed to 32 bits by the finaliser of MurmurHash3. */
const mixed = (a: number, b: number): number => {
  let hash = (a ^ Math.imul(b, 0x9e3779b1)) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The best levels that are new or different, and with amount 0 those that are gone. */
export const changesOf = (
  before: readonly SimulatedLevel[],
  after: readonly SimulatedLevel[],
  depth = Number.POSITIVE_INFINITY,
): readonly SimulatedLevel[] => {
  const known = new Map(before.slice(0, depth).map(({ price, amount }) => [price, amount]))
  const resting = new Set(after.map(({ price }) => price))
  const gone = [...known.keys()].filter((price) => !resting.has(price))
  return [
    ...gone.map((price) => ({ price, amount: 0 })),
    ...after.slice(0, depth).filter(({ price, amount }) => known.get(price) !== amount),
  ]
}

/** The book in decimals, for whoever checks what the exchange should have told. */
export const plainBook = ({ series }: SimulatedMarket, book: SimulatedBook) => {
  const plain = ({ price, amount }: SimulatedLevel) => [
    formatSteps(price, series.priceDecimals, series.priceDecimals),
    formatSteps(amount, series.amountDecimals, series.amountDecimals),
  ]
  return { ...book, bids: book.bids.map(plain), asks: book.asks.map(plain) }
}

/** The one book of a market that all exchanges tell, at the version that was told last. */
export class BookPlayback {
  readonly market: SimulatedMarket
  readonly #levels: number
  readonly #startMs: number
  #book: SimulatedBook | undefined

  constructor(market: SimulatedMarket, levels: number, startMs: number) {
    this.market = market
    this.#levels = levels
    this.#startMs = startMs
  }

  get book(): SimulatedBook {
    return (this.#book ??= this.at(bookVersionAt(this.market, this.#startMs)))
  }

  at(version: number): SimulatedBook {
    return bookAt(this.market, version, this.#levels)
  }

  /** Undefined where there is no new version. */
  advance(nowMs: number): BookMove | undefined {
    const version = bookVersionAt(this.market, nowMs)
    const before = this.book
    if (version <= before.version) return undefined
    this.#book = this.at(version)
    return { before, after: this.#book }
  }
}
