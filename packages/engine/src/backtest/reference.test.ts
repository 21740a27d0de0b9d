import { coarseCandles, configArbitrary, programOf, strategyArbitrary } from '@botcriptofy/testkit/bars'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candles } from '../market/index.ts'
import { createSeriesColumns, type Strategy } from '../strategy/index.ts'
import type { BacktestConfig } from '../paper/index.ts'
import { runBacktest } from './run-backtest.ts'
import { type Trade, tradeRows } from './trade-rows.ts'

// A second fill engine that walks every bar and writes longs and shorts out, to hold the fast loop to. It reads the
// same signal codes as `codedStrategy`: 1 enters long, 2 enters short, 3 leaves longs, 4 leaves shorts, 5 enters both.
const ENTER_LONG = new Set([1, 5])
const ENTER_SHORT = new Set([2, 5])

interface Open {
  readonly isLong: boolean
  readonly entryIndex: number
  readonly entryPrice: number
  readonly quantity: number
  readonly stop: number | null
  readonly target: number | null
  trail: number | null
  anchor: number | null
}

interface Fill {
  readonly price: number
  readonly reason: Trade['exitReason']
  readonly gap?: boolean
}

class NaiveBacktest {
  readonly trades: Partial<Trade>[] = []
  readonly equity: number[] = []
  ambiguousBars = 0
  cash: number
  open: Open | null = null
  readonly candles: Candles
  readonly strategy: Strategy
  readonly config: BacktestConfig

  constructor(candles: Candles, strategy: Strategy, config: BacktestConfig) {
    this.candles = candles
    this.strategy = strategy
    this.config = config
    this.cash = config.initialCapital
  }

  ceil(price: number): number {
    const tick = this.config.priceTick
    return tick === null ? price : Math.ceil(price / tick - 1e-9) * tick
  }

  floor(price: number): number {
    const tick = this.config.priceTick
    return tick === null ? price : Math.floor(price / tick + 1e-9) * tick
  }

  buyPrice(reference: number): number {
    return this.ceil(reference * (1 + this.config.slippageRate))
  }

  sellPrice(reference: number): number {
    return this.floor(reference * (1 - this.config.slippageRate))
  }

  close(bar: number, { price, reason }: Fill, gap = false): void {
    const open = this.open!
    const { isLong, quantity, entryPrice } = open
    const exitFee = this.config.feeRate * quantity * price
    this.cash += (isLong ? quantity * price : -quantity * price) - exitFee
    const fees = this.config.feeRate * quantity * entryPrice + exitFee
    const gain = isLong ? quantity * (price - entryPrice) : -quantity * (price - entryPrice)
    const trade: Partial<Trade> = {
      side: isLong ? 'long' : 'short',
      entryIndex: open.entryIndex,
      entryPrice,
      exitIndex: bar,
      exitPrice: price,
      quantity,
      fees,
      pnl: gain - fees,
      exitReason: reason,
    }
    this.trades.push(gap ? { ...trade, gap: true } : trade)
    this.open = null
  }

  /** The stop that is hit first coming from the market's side, or null. */
  stopLevel({ isLong, stop, trail }: Open): { level: number; reason: Trade['exitReason'] } | null {
    if (stop === null && trail === null) return null
    if (trail === null) return { level: stop!, reason: 'stop_loss' }
    if (stop === null) return { level: trail, reason: 'trailing_stop' }
    const trailFirst = isLong ? trail > stop : trail < stop
    return trailFirst ? { level: trail, reason: 'trailing_stop' } : { level: stop, reason: 'stop_loss' }
  }

  isThrough(price: number, { isLong, target }: Open): boolean {
    if (target === null) return false
    const { limitTouch, priceTick } = this.config
    if (limitTouch === 'touch') return isLong ? price >= target : price <= target
    if (priceTick === null) return isLong ? price > target : price < target
    return isLong ? price >= target + priceTick : price <= target - priceTick
  }

  ratchet(open: Open, price: number): void {
    const trailing = this.strategy.trailingStop
    if (trailing === undefined) return
    const { isLong, entryPrice } = open
    if (open.trail === null) {
      const activation = entryPrice * (1 + (isLong ? 1 : -1) * (trailing.activationFraction ?? 0))
      if (isLong ? price < activation : price > activation) return
    } else if (isLong ? price <= open.anchor! : price >= open.anchor!) return
    open.anchor = price
    const level = isLong
      ? this.ceil(price * (1 - trailing.fraction))
      : this.floor(price * (1 + trailing.fraction))
    const old = open.trail ?? level
    open.trail = isLong ? Math.max(old, level) : Math.min(old, level)
  }

  gappedStop(open: Open, price: number): Fill | null {
    const stop = this.stopLevel(open)
    if (stop === null || (open.isLong ? price > stop.level : price < stop.level)) return null
    return { price: open.isLong ? this.sellPrice(price) : this.buyPrice(price), reason: stop.reason }
  }

  gappedTarget(open: Open, price: number): Fill {
    return { price: this.config.limitGap === 'at_open' ? price : open.target!, reason: 'take_profit' }
  }

  atOpen(bar: number, exit: 'signal' | 'reverse' | null, entry: 'long' | 'short' | null): void {
    const price = this.candles.open[bar]!
    if (this.open !== null) {
      const stop = this.gappedStop(this.open, price)
      if (stop !== null) this.close(bar, stop, true)
      else if (exit !== null) {
        this.close(bar, {
          price: this.open.isLong ? this.sellPrice(price) : this.buyPrice(price),
          reason: exit,
        })
      } else if (this.isThrough(price, this.open)) this.close(bar, this.gappedTarget(this.open, price), true)
    }
    if (entry === null) return
    this.enter(bar, entry === 'long')
    if (this.open === null) return
    const { isLong, target } = this.open as Open
    const stop = this.gappedStop(this.open, price)
    if (stop !== null) this.close(bar, stop, true)
    else if (target !== null && (isLong ? price >= target : price <= target)) {
      this.close(bar, this.gappedTarget(this.open, price), true)
    }
  }

  enter(bar: number, isLong: boolean): void {
    const { stopLoss, takeProfit, trailingStop, sizing } = this.strategy
    const price = isLong ? this.buyPrice(this.candles.open[bar]!) : this.sellPrice(this.candles.open[bar]!)
    const base = this.config.protectFrom === 'fill_price' ? price : this.candles.close[bar - 1]!
    const away = (fraction: number) =>
      isLong ? this.ceil(base * (1 + fraction)) : this.floor(base * (1 - fraction))
    const stop = stopLoss === undefined ? null : away(-stopLoss.fraction)
    const { feeRate, quantityStep } = this.config
    const risk = stop === null ? Number.NaN : isLong ? price - stop : stop - price
    if (sizing.kind === 'riskFraction' && risk <= 0) return
    const wanted = {
      equityFraction: (this.cash * sizing.value) / (price * (1 + feeRate)),
      quote: sizing.value / price,
      units: sizing.value,
      riskFraction: (this.cash * sizing.value) / risk,
    }[sizing.kind]
    const quantity = Math.floor(wanted / quantityStep) * quantityStep
    if (!(price > 0) || !(quantity > 0) || quantity * price * (1 + feeRate) > this.cash * (1 + 1e-12)) return
    this.cash -= (isLong ? quantity * price : -quantity * price) + feeRate * quantity * price
    this.open = {
      isLong,
      entryIndex: bar,
      entryPrice: price,
      quantity,
      stop,
      target: takeProfit === undefined ? null : away(takeProfit.fraction),
      trail: null,
      anchor: null,
    }
    if (trailingStop !== undefined && (trailingStop.activationFraction ?? 0) === 0)
      this.ratchet(this.open, price)
  }

  walk(position: Open, points: readonly number[]): { fill: Fill | null; after: Open } {
    const open = { ...position }
    const done = (fill: Fill | null) => ({ fill, after: open })
    this.ratchet(open, points[0]!)
    const armed = this.gappedStop(open, points[0]!)
    if (armed !== null) return done({ ...armed, gap: true })
    for (let i = 1; i < points.length; i++) {
      const from = points[i - 1]!
      const to = points[i]!
      const isAdverse = open.isLong ? to <= from : to >= from
      const isFavourable = open.isLong ? to >= from : to <= from
      const stop = this.stopLevel(open)
      if (isAdverse && stop !== null && (open.isLong ? to <= stop.level : to >= stop.level)) {
        const level = open.isLong ? Math.min(stop.level, from) : Math.max(stop.level, from)
        return done({
          price: open.isLong ? this.sellPrice(level) : this.buyPrice(level),
          reason: stop.reason,
        })
      }
      if (!isFavourable) continue
      if (this.isThrough(to, open)) return done({ price: open.target!, reason: 'take_profit' })
      this.ratchet(open, to)
    }
    return done(null)
  }

  stopFirst(position: Open, bar: number): { fill: Fill | null; after: Open } {
    const open = { ...position }
    const { low, high, open: opens } = this.candles
    const adverse = open.isLong ? low[bar]! : high[bar]!
    const favourable = open.isLong ? high[bar]! : low[bar]!
    const stop = this.stopLevel(open)
    if (stop !== null && (open.isLong ? adverse <= stop.level : adverse >= stop.level)) {
      const level = open.isLong ? Math.min(stop.level, opens[bar]!) : Math.max(stop.level, opens[bar]!)
      const price = open.isLong ? this.sellPrice(level) : this.buyPrice(level)
      return { fill: { price, reason: stop.reason }, after: open }
    }
    if (this.isThrough(favourable, open))
      return { fill: { price: open.target!, reason: 'take_profit' }, after: open }
    this.ratchet(open, favourable)
    return { fill: null, after: open }
  }

  inside(bar: number): void {
    const position = this.open!
    const { open, high, low, close } = this.candles
    const [o, h, l, c] = [open[bar]!, high[bar]!, low[bar]!, close[bar]!]
    const lowFirst = this.walk(position, [o, l, h, c])
    const highFirst = this.walk(position, [o, h, l, c])
    const worth = ({ fill }: { fill: Fill | null }): number => {
      const signed = position.isLong ? position.quantity : -position.quantity
      if (fill === null) return this.cash + signed * c
      return this.cash + signed * fill.price - this.config.feeRate * position.quantity * fill.price
    }
    const chosen = {
      worst: worth(highFirst) < worth(lowFirst) ? highFirst : lowFirst,
      best: worth(highFirst) > worth(lowFirst) ? highFirst : lowFirst,
      ohlc: highFirst,
      olhc: lowFirst,
      adaptive: h - o < o - l ? highFirst : lowFirst,
      stop_first: this.stopFirst(position, bar),
    }[this.config.path]
    if (JSON.stringify(lowFirst.fill) !== JSON.stringify(highFirst.fill)) this.ambiguousBars++
    this.open = chosen.after
    if (chosen.fill !== null) this.close(bar, chosen.fill, chosen.fill.gap)
  }

  finish(bar: number): void {
    if (this.open === null || this.config.endOfData === 'leave_open') return
    const price = this.config.endOfData === 'last_close' ? this.candles.close[bar]! : this.candles.open[bar]!
    this.close(bar, {
      price: this.open.isLong ? this.sellPrice(price) : this.buyPrice(price),
      reason: 'end_of_data',
    })
  }

  decide(bar: number): { exit: 'signal' | 'reverse' | null; entry: 'long' | 'short' | null } {
    const code = this.candles.volume[bar]!
    const { direction } = this.strategy
    const long = ENTER_LONG.has(code) && direction !== 'short'
    const short = ENTER_SHORT.has(code) && direction !== 'long'
    if (this.open === null) return { exit: null, entry: long === short ? null : long ? 'long' : 'short' }
    const { isLong } = this.open
    if (isLong ? short : long) return { exit: 'reverse', entry: isLong ? 'short' : 'long' }
    return { exit: code === (isLong ? 3 : 4) ? 'signal' : null, entry: null }
  }

  run(): this {
    const last = this.candles.time.length - 1
    let orders: ReturnType<NaiveBacktest['decide']> = { exit: null, entry: null }
    for (let bar = 0; bar <= last; bar++) {
      this.atOpen(bar, orders.exit, orders.entry)
      if (this.open !== null) this.inside(bar)
      if (bar === last) this.finish(bar)
      const signed = this.open === null ? 0 : this.open.isLong ? this.open.quantity : -this.open.quantity
      this.equity.push(this.cash + signed * this.candles.close[bar]!)
      if (this.equity[bar]! <= 0) throw new Error('the generator is meant to keep accounts alive')
      const speaks = bar >= this.config.signalsFromBar && bar < last
      orders = speaks ? this.decide(bar) : { exit: null, entry: null }
    }
    return this
  }
}

const withoutTimes = (trade: Trade): Partial<Trade> => {
  const { entryTime, exitTime, returnFraction, ...rest } = trade
  expect([entryTime, exitTime]).toEqual([trade.entryIndex * 60_000, trade.exitIndex * 60_000])
  expect(returnFraction).toBe(trade.pnl / (trade.quantity * trade.entryPrice))
  return rest
}

describe('the columnar run', () => {
  it('equals a plain walk over every bar, to the last bit', () => {
    let tradesSeen = 0
    let ambiguousSeen = 0
    fc.assert(
      fc.property(fc.integer(), strategyArbitrary, configArbitrary, (seed, strategy, config) => {
        const candles = coarseCandles(seed, 60)
        const result = runBacktest({
          program: programOf(strategy),
          series: createSeriesColumns(candles),
          config,
        })
        const naive = new NaiveBacktest(candles, strategy, config).run()
        expect(tradeRows(result.trades, candles).map(withoutTimes)).toEqual(naive.trades)
        expect([...result.equity]).toEqual(naive.equity)
        const [worst, best] = (['worst', 'best'] as const).map((path) =>
          new NaiveBacktest(candles, strategy, { ...config, path }).run(),
        )
        expect(result.band).toEqual({
          worst: worst!.equity.at(-1),
          best: best!.equity.at(-1),
          ambiguousBars: worst!.ambiguousBars,
        })
        tradesSeen += naive.trades.length
        ambiguousSeen += worst!.ambiguousBars
      }),
      { seed: 20_260, numRuns: 600 },
    )
    expect(tradesSeen).toBeGreaterThan(1000)
    expect(ambiguousSeen).toBeGreaterThan(100)
  }, 60_000)
})
