import { describeEvents, drivePaper, paperArbitrary, type PaperDrive } from '@botcriptofy/testkit/paper'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Effect, EnterEffect } from '../orders/index.ts'
import type { BarPrices } from './bar.ts'

// A second venue, to hold the first to: it knows no segments and looks for no nearest order, but moves the price tick
// by tick and asks every order at every price. It stands on a tick that all prices lie on, and leaves out the volume
// cap, margin and funding. Trailing stops are far enough from the price that a tick cannot lift them to it.
const TICK = 0.5
const up = (price: number): number => Math.ceil(price / TICK - 1e-9) * TICK
const down = (price: number): number => Math.floor(price / TICK + 1e-9) * TICK

interface Order {
  readonly id: number
  readonly isBuy: boolean
  kind: string
  readonly stop: number
  readonly limit: number
  readonly signal: number
  readonly from: number
  readonly until: number
  rests: boolean
}

interface Held {
  readonly isLong: boolean
  readonly first: number
  readonly signal: number
  quantity: number
  bought: number
  cost: number
  stop: number | null
  target: number | null
  activation: number | null
  best: number
  trail: number | null
  adds: { readonly price: number; readonly quantity: number }[]
  parts: { readonly price: number; readonly quantity: number }[]
}

type Reached = (level: number) => boolean
/** What a limit gets. */
type Paid = (level: number) => number

const UNITS = 8

class TickVenue {
  readonly drive: PaperDrive
  cash: number
  held: Held | null = null
  orders: Order[] = []
  exit: { from: number; reason: string } | null = null
  cancels: { from: number; before: number }[] = []
  nextId = 1
  told: string[] = []
  bar = 0

  constructor(drive: PaperDrive) {
    this.drive = drive
    this.cash = drive.config.initialCapital
  }

  copy(): TickVenue {
    const other = new TickVenue(this.drive)
    const { cash, held, orders, exit, cancels, nextId, bar } = this
    return Object.assign(other, structuredClone({ cash, held, orders, exit, cancels, nextId, bar }))
  }

  pay(price: number, isBuy: boolean, options: { quantity: number; isMaker: boolean }): void {
    const { feeRate, makerFeeRate } = this.drive.config
    const rate = options.isMaker ? (makerFeeRate ?? feeRate) : feeRate
    this.cash += (isBuy ? -1 : 1) * options.quantity * price - rate * options.quantity * price
  }

  slip(price: number, isBuy: boolean): number {
    const { slippageRate } = this.drive.config
    return isBuy ? up(price * (1 + slippageRate)) : down(price * (1 - slippageRate))
  }

  /** A limit counts as reached at a price: at it, or a tick beyond it. */
  reaches(price: number, limit: number, isBuy: boolean): boolean {
    const margin = this.drive.config.limitTouch === 'touch' ? 0 : TICK
    return isBuy ? price <= limit - margin : price >= limit + margin
  }

  level(base: number, fraction: number): number {
    const raw = base * (1 + fraction)
    return this.held!.isLong ? up(raw) : down(raw)
  }

  measure(): void {
    const held = this.held!
    const { stopLoss, takeProfit, scaleOut } = this.drive.protection
    const sign = held.isLong ? 1 : -1
    const mean = held.cost / held.bought
    const base = this.drive.config.protectFrom === 'fill_price' ? mean : held.signal
    held.stop = stopLoss === undefined ? null : this.level(base, -sign * stopLoss.fraction)
    held.target = takeProfit === undefined ? null : this.level(base, sign * takeProfit.fraction)
    held.parts = (scaleOut ?? [])
      .map(({ fraction, share }) => ({
        price: this.level(mean, sign * fraction),
        quantity: Math.floor(share * held.bought + 1e-9),
      }))
      .filter(({ quantity }) => quantity > 0)
  }

  bought(price: number, quantity: number, isMaker: boolean): void {
    const held = this.held!
    held.quantity += quantity
    held.bought += quantity
    held.cost += quantity * price
    this.pay(price, held.isLong, { quantity, isMaker })
    this.told.push(`${this.bar} entry ${quantity}@${price} held ${held.quantity}`)
    this.measure()
  }

  open(order: Order, options: { price: number; at: number; isMaker: boolean }): void {
    const { price, at, isMaker } = options
    const { scaleIn, trailingStop } = this.drive.protection
    const isLong = order.isBuy
    const sign = isLong ? 1 : -1
    this.orders = this.orders.filter(({ id }) => id !== order.id)
    for (const other of this.orders) other.rests = false
    const activation = trailingStop?.activationFraction ?? 0
    this.held = {
      isLong,
      first: price,
      signal: order.signal,
      quantity: 0,
      bought: 0,
      cost: 0,
      stop: null,
      target: null,
      activation: price * (1 + sign * activation),
      best: price,
      trail: null,
      adds: (scaleIn ?? []).map(({ fraction, size }) => {
        const raw = price * (1 - sign * fraction)
        return { price: isLong ? down(raw) : up(raw), quantity: Math.floor(size * UNITS + 1e-9) }
      }),
      parts: [],
    }
    this.bought(price, UNITS, isMaker)
    if (activation === 0) this.follow(price, true)
    this.atOnce(at)
  }

  sell(price: number, quantity: number, options: { reason: string; isMaker: boolean }): void {
    const held = this.held!
    held.quantity -= quantity
    held.adds = []
    this.pay(price, !held.isLong, { quantity, isMaker: options.isMaker })
    this.told.push(`${this.bar} exit ${quantity}@${price} ${options.reason} held ${held.quantity}`)
    if (held.quantity > 0) return
    this.held = null
    this.exit = null
  }

  sellAll(price: number, reason: string): void {
    const { isLong, quantity } = this.held!
    this.sell(this.slip(price, !isLong), quantity, { reason, isMaker: false })
  }

  follow(price: number, isFirst = false): void {
    const held = this.held
    const { trailingStop } = this.drive.protection
    if (held === null || trailingStop === undefined) return
    const { isLong, activation, best } = held
    const isBetter = isLong ? price > best : price < best
    if (held.trail === null ? !isFirst && (isLong ? price < activation! : price > activation!) : !isBetter)
      return
    held.best = price
    const level = this.level(price, isLong ? -trailingStop.fraction : trailingStop.fraction)
    const old = held.trail ?? level
    held.trail = isLong ? Math.max(old, level) : Math.min(old, level)
  }

  /** The stop that a price has reached. */
  stopAt(price: number): string | null {
    const { isLong, stop, trail } = this.held!
    const isHit = (level: number | null) => level !== null && (isLong ? price <= level : price >= level)
    const trailFirst = trail !== null && (stop === null || (isLong ? trail > stop : trail < stop))
    if (trailFirst) return isHit(trail) ? 'trailing_stop' : null
    return isHit(stop) ? 'stop_loss' : null
  }

  /** What an entry arms at or beyond the price. */
  atOnce(price: number): void {
    const stop = this.stopAt(price)
    if (stop !== null) this.sellAll(price, stop)
    else {
      const paid = this.passed(price)
      this.targets((level) => (this.held!.isLong ? price >= level : price <= level), paid)
      this.addAt((level) => (this.held!.isLong ? price <= level : price >= level), { at: price, paid })
    }
  }

  /** What a limit gets that the price has passed in a jump. */
  passed(price: number): Paid {
    return this.drive.config.limitGap === 'at_open' ? () => price : (level) => level
  }

  addAt(isReached: Reached, options: { readonly at: number; readonly paid: Paid }): void {
    const add = this.held?.adds.find((one) => isReached(one.price))
    if (this.held === null || add === undefined) return
    this.held.adds = this.held.adds.filter((other) => other !== add)
    this.bought(options.paid(add.price), add.quantity, true)
    this.atOnce(options.at)
    this.addAt(isReached, options)
  }

  targets(isReached: Reached, paid: Paid): void {
    for (const part of this.held!.parts) {
      if (this.held === null || !isReached(part.price)) continue
      this.held.parts = this.held.parts.filter((other) => other !== part)
      const quantity = Math.min(part.quantity, this.held.quantity)
      this.sell(paid(part.price), quantity, { reason: 'take_profit', isMaker: true })
    }
    if (this.held?.target == null || !isReached(this.held.target)) return
    this.sell(paid(this.held.target), this.held.quantity, { reason: 'take_profit', isMaker: true })
  }

  heldAtOpen(open: number): void {
    const stop = this.stopAt(open)
    if (stop !== null) this.sellAll(open, stop)
    else if (this.exit !== null && this.exit.from <= this.bar) this.sellAll(open, this.exit.reason)
    else {
      const { isLong } = this.held!
      const paid = this.passed(open)
      this.targets((level) => this.reaches(open, level, !isLong), paid)
      this.addAt((level) => this.reaches(open, level, isLong), { at: open, paid })
    }
  }

  withdraw(): void {
    const before = Math.max(
      0,
      ...this.cancels.filter(({ from }) => from <= this.bar).map((one) => one.before),
    )
    this.cancels = this.cancels.filter(({ from }) => from > this.bar)
    const cancelled = this.orders.filter(({ id }) => id < before)
    const expired = this.orders.filter(({ id, until }) => id >= before && until <= this.bar)
    cancelled.forEach(() => this.told.push(`${this.bar} cancelled`))
    expired.forEach(() => this.told.push(`${this.bar} expired`))
    this.orders = this.orders.filter((order) => !cancelled.includes(order) && !expired.includes(order))
  }

  orderAtOpen(order: Order, open: number): void {
    const { isBuy, stop, limit } = order
    let isNew = !order.rests
    order.rests = true
    const market = { price: this.slip(open, isBuy), at: open, isMaker: false }
    if (order.kind === 'market') return this.open(order, market)
    if (order.kind !== 'limit' && (isBuy ? open >= stop : open <= stop)) {
      if (order.kind !== 'stop_limit') return this.open(order, market)
      order.kind = 'limit'
      isNew = true
    }
    if (order.kind !== 'limit' && order.kind !== 'oco') return
    if (isNew) {
      if (isBuy ? open <= limit : open >= limit) this.open(order, { price: open, at: open, isMaker: false })
    } else if (this.reaches(open, limit, isBuy)) {
      const price = this.drive.config.limitGap === 'at_open' ? open : limit
      this.open(order, { price, at: open, isMaker: true })
    }
  }

  atOpen(open: number): void {
    if (this.held !== null) this.heldAtOpen(open)
    this.withdraw()
    const isMarket = ({ kind }: Order) => kind === 'market'
    const queue = [...this.orders.filter((one) => !isMarket(one)), ...this.orders.filter(isMarket)]
    for (const order of queue) {
      if (this.held === null && order.from <= this.bar) this.orderAtOpen(order, open)
    }
  }

  /** The price has moved one tick. */
  tick(price: number, rises: boolean): void {
    if (this.held !== null) this.heldAt(price, rises)
    for (const order of this.orders) {
      if (this.held !== null || !order.rests || order.from > this.bar) continue
      const { isBuy, stop, limit } = order
      const isStop = order.kind !== 'limit' && rises === isBuy && (isBuy ? price >= stop : price <= stop)
      if (isStop && order.kind === 'stop_limit') {
        order.kind = 'limit'
        if (isBuy ? price <= limit : price >= limit) this.open(order, { price, at: price, isMaker: false })
      } else if (isStop) this.open(order, { price: this.slip(price, isBuy), at: price, isMaker: false })
      else if (order.kind !== 'stop' && order.kind !== 'stop_limit' && rises !== isBuy) {
        if (this.reaches(price, limit, isBuy)) this.open(order, { price: limit, at: price, isMaker: true })
      }
    }
  }

  heldAt(price: number, rises: boolean): void {
    const held = this.held!
    if (rises !== held.isLong) {
      const stop = this.stopAt(price)
      if (stop !== null) return this.sellAll(price, stop)
      this.addAt((level) => this.reaches(price, level, held.isLong), { at: price, paid: (level) => level })
      return
    }
    this.targets(
      (level) => this.reaches(price, level, !held.isLong),
      (level) => level,
    )
    this.follow(price)
  }

  path(points: readonly number[]): void {
    this.follow(points[0]!)
    points.slice(1).forEach((to, at) => {
      const from = points[at]!
      const rises = to > from
      const ticks = Math.abs(to - from) / TICK
      for (let n = 1; n <= ticks; n++) this.tick(from + (rises ? n : -n) * TICK, rises)
    })
  }

  equity(price: number): number {
    if (this.held === null) return this.cash
    return this.cash + (this.held.isLong ? 1 : -1) * this.held.quantity * price
  }

  inside({ open, high, low, close }: BarPrices): void {
    const { path } = this.drive.config
    const lowFirst = this.copy()
    lowFirst.path([open, low, high, close])
    const highFirst = this.copy()
    highFirst.path([open, high, low, close])
    const gain = highFirst.equity(close) - lowFirst.equity(close)
    const takesHigh = { worst: gain < 0, best: gain > 0, ohlc: true, olhc: false }[path as 'worst']
    const { cash, held, orders, exit, told } = takesHigh ? highFirst : lowFirst
    Object.assign(this, { cash, held, orders, exit })
    this.told.push(...told)
  }

  place(effect: EnterEffect, from: number): void {
    const isBuy = effect.side === 'long'
    const { order } = effect
    const stop = 'stopPrice' in order ? order.stopPrice : 0
    const limit = 'limitPrice' in order ? order.limitPrice : 0
    this.orders.push({
      id: this.nextId++,
      isBuy,
      kind: order.kind,
      stop: isBuy ? up(stop) : down(stop),
      limit: isBuy ? down(limit) : up(limit),
      signal: effect.signalClose,
      from,
      until: effect.expireBars === null ? Infinity : from + effect.expireBars,
      rests: false,
    })
  }

  take(effect: Effect): void {
    const from = this.bar + 1 + this.drive.config.latencyBars
    if (effect.kind === 'enter') this.place(effect, from)
    else if (effect.kind === 'cancel') this.cancels.push({ from, before: this.nextId })
    else if (this.held !== null) this.exit ??= { from, reason: effect.reason }
  }

  run(): string[] {
    const { bars, core } = this.drive
    bars.forEach((prices, bar) => {
      this.bar = bar
      this.atOpen(prices.open)
      this.inside(prices)
      if (bar === bars.length - 1) return
      const position = this.held === null ? null : { side: this.held.isLong ? 1 : -1 }
      for (const effect of core(bar, { position, entries: this.orders })) this.take(effect)
    })
    return this.told
  }
}

describe('a paper account on a tick', () => {
  it('fills as a price does that moves tick by tick', () => {
    let fills = 0
    fc.assert(
      fc.property(
        paperArbitrary,
        fc.constantFrom('worst' as const, 'best' as const, 'ohlc' as const, 'olhc' as const),
        (random, path) => {
          const { trailingStop } = random.protection
          const drive: PaperDrive = {
            ...random,
            protection: {
              ...random.protection,
              trailingStop: trailingStop && {
                ...trailingStop,
                fraction: Math.max(0.05, trailingStop.fraction),
              },
            },
            config: {
              ...random.config,
              path,
              priceTick: TICK,
              quantityStep: 1,
              initialCapital: 1e6,
              endOfData: 'leave_open',
              participation: null,
              leverage: null,
              fundingRate: 0,
            },
            core: (bar, account) =>
              random
                .core(bar, account)
                .map((effect) =>
                  effect.kind === 'enter' ? { ...effect, sizing: { kind: 'units', value: UNITS } } : effect,
                ),
          }
          const told = describeEvents(drivePaper(drive))
          expect(told).toEqual(new TickVenue(drive).run())
          fills += told.length
        },
      ),
      { seed: 77, numRuns: 200 },
    )
    expect(fills).toBeGreaterThan(2000)
  }, 60_000)
})
