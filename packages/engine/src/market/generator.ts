import { invariant, type Random, seededRandom } from '../kernel/index.ts'
import { allocateCandles, type Candles } from './candles.ts'

export interface GeneratorOptions {
  readonly seed: number
  /** Bars in the result; missing ones are not counted. */
  readonly bars: number
  readonly startMs: number
  readonly timeframeMs: number
  readonly startPrice: number
  /** Standard deviation of a year's log return; 0.7 is that of a large coin. */
  readonly annualVolatility?: number
  readonly jumpsPerDay?: number
  /** Outages of the exchange; those shorter than a bar leave no trace. */
  readonly outagesPerDay?: number
  /** Distance of bid and ask as a fraction of the price. */
  readonly spreadFraction?: number
  readonly priceDecimals?: number
  readonly volumeDecimals?: number
  /** Base units traded in a day of average volatility. */
  readonly dailyVolume?: number
}

const DEFAULTS = {
  annualVolatility: 0.7,
  jumpsPerDay: 0.5,
  outagesPerDay: 0.1,
  spreadFraction: 0.0002,
  priceDecimals: 2,
  volumeDecimals: 5,
  dailyVolume: 20_000,
}

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

/** GARCH(1,1) weights of the last squared return and of the last variance; their sum sets how long clusters last. */
const SHOCK_WEIGHT = 0.08
const VARIANCE_WEIGHT = 0.9
/** Variance stays within this factor of its mean, so that no seed explodes or dies out. */
const VARIANCE_SPREAD = 30
const JUMP_SIZE = 0.012
const OUTAGE_MIN_MS = 120_000
const OUTAGE_MAX_MS = 6 * 3_600_000

/**
 * Simulated candles with what strategies stumble over in real ones: volatility clusters (GARCH), jumps, missing
 * bars, closes that bounce between bid and ask, ticks, and volume that rises with volatility. A pure function of
 * its options: the same ones give the same bytes. The output keeps every rule of a candle file.
 */
export const generateCandles = (options: GeneratorOptions): Candles => {
  const settings = { ...DEFAULTS, ...options }
  invariant(settings.startPrice > 0 && settings.timeframeMs > 0, 'start price and timeframe are positive')
  const market = new SimulatedMarket(settings)
  const candles = allocateCandles(settings.bars, { shared: false })
  for (let i = 0; i < settings.bars; i++) {
    for (let missing = market.missingBars(); missing > 0; missing--) market.advance()
    market.advance()
    market.writeBar(candles, i)
  }
  return candles
}

type Settings = typeof DEFAULTS & GeneratorOptions

class SimulatedMarket {
  readonly #settings: Settings
  readonly #random: Random
  readonly #meanVariance: number
  readonly #barsPerDay: number
  readonly #priceUnits: number
  readonly #volumeUnits: number
  #variance: number
  #timeMs: number
  #logPrice: number
  #logOpen: number
  /** Standard deviation that the current bar was drawn with. */
  #deviation = 0
  /** The last trade was at the ask (1) or at the bid (-1). */
  #side = 1

  constructor(settings: Settings) {
    this.#settings = settings
    this.#random = seededRandom(settings.seed)
    this.#meanVariance = (settings.annualVolatility ** 2 * settings.timeframeMs) / YEAR_MS
    this.#barsPerDay = DAY_MS / settings.timeframeMs
    this.#priceUnits = 10 ** settings.priceDecimals
    this.#volumeUnits = 10 ** settings.volumeDecimals
    this.#variance = this.#meanVariance
    this.#timeMs = settings.startMs - settings.timeframeMs
    this.#logPrice = Math.log(settings.startPrice)
    this.#logOpen = this.#logPrice
  }

  /** Bars that the next outage swallows: mostly none. Durations are Pareto distributed. */
  missingBars(): number {
    const { outagesPerDay, timeframeMs } = this.#settings
    if (this.#random() >= outagesPerDay / this.#barsPerDay) return 0
    const lengthMs = OUTAGE_MIN_MS / (1 - this.#random())
    return Math.floor(Math.min(lengthMs, OUTAGE_MAX_MS) / timeframeMs)
  }

  /** Moves time and the middle price by one bar. */
  advance(): void {
    this.#timeMs += this.#settings.timeframeMs
    this.#logOpen = this.#logPrice
    this.#deviation = Math.sqrt(this.#variance)
    const diffusion = this.#deviation * this.#normal()
    const isJump = this.#random() < this.#settings.jumpsPerDay / this.#barsPerDay
    const jump = isJump ? JUMP_SIZE * this.#normal() : 0
    // The drift keeps the expected price level: without it a log walk of mean zero would rise.
    this.#logPrice += diffusion + jump - this.#variance / 2
    const base = (1 - SHOCK_WEIGHT - VARIANCE_WEIGHT) * this.#meanVariance
    const next = base + SHOCK_WEIGHT * (diffusion + jump) ** 2 + VARIANCE_WEIGHT * this.#variance
    const floor = this.#meanVariance / VARIANCE_SPREAD
    this.#variance = Math.min(Math.max(next, floor), this.#meanVariance * VARIANCE_SPREAD)
  }

  /** Opens at the side of the last trade; high and low are the extremes of a Brownian bridge from open to close. */
  writeBar(candles: Candles, index: number): void {
    const move = this.#logPrice - this.#logOpen
    const halfSpread = this.#settings.spreadFraction / 2
    const open = this.#tick(Math.exp(this.#logOpen) * (1 + this.#side * halfSpread))
    this.#side = this.#random() < 0.5 ? -1 : 1
    const close = this.#tick(Math.exp(this.#logPrice) * (1 + this.#side * halfSpread))
    const high = this.#tick(Math.exp(this.#logOpen + this.#bridgeReach(move)) * (1 + halfSpread))
    const low = this.#tick(Math.exp(this.#logOpen - this.#bridgeReach(-move)) * (1 - halfSpread))
    candles.time[index] = this.#timeMs
    candles.open[index] = open
    candles.high[index] = Math.max(high, open, close)
    candles.low[index] = Math.min(low, open, close)
    candles.close[index] = close
    candles.volume[index] = this.#drawVolume(move)
  }

  /** How far a Brownian bridge that ends at `move` gets above its start (inverse of the exact distribution). */
  #bridgeReach(move: number): number {
    const variance = this.#deviation ** 2
    return (move + Math.sqrt(move ** 2 - 2 * variance * Math.log(1 - this.#random()))) / 2
  }

  #drawVolume(move: number): number {
    const meanDeviation = Math.sqrt(this.#meanVariance)
    const activity = (this.#deviation + Math.min(Math.abs(move), 10 * meanDeviation)) / (2 * meanDeviation)
    const noise = Math.exp(0.5 * this.#normal() - 0.125)
    const volume = (this.#settings.dailyVolume / this.#barsPerDay) * activity * noise
    return Math.round(volume * this.#volumeUnits) / this.#volumeUnits
  }

  #tick(price: number): number {
    return Math.max(1, Math.round(price * this.#priceUnits)) / this.#priceUnits
  }

  /** A standard normal deviate (Box and Muller, 1958). */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random())
  }
}
