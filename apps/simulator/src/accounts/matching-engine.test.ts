import { generateCandles } from '@botcriptofy/engine/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VENUES } from '../faults/fault-order.ts'
import { bookAt, bookVersionAt } from '../market/book.ts'
import { createSimulatedMarket } from '../market/market.ts'
import { prepareSeries, seriesEndMs } from '../market/series.ts'
import { tradesIn } from '../market/history.ts'
import { Account } from './account.ts'
import { baseUnits, MatchingEngine, type OrderEvent, quoteUnits } from './matching-engine.ts'
import { MONEY_DECIMALS } from './money.ts'
import { OrderRefused, type OrderRequest } from './order.ts'

const MINUTE_MS = 60_000
const startMs = Date.UTC(2024, 0, 1)
const prepared = prepareSeries(
  generateCandles({ seed: 3, bars: 40, startMs, timeframeMs: MINUTE_MS, startPrice: 100 }),
  { timeframeMs: MINUTE_MS, seed: 3 },
)
if (!prepared.ok) throw new Error(prepared.error.expected)
const series = prepared.value
const UNIT = 10n ** BigInt(MONEY_DECIMALS)

const open = (venue: (typeof VENUES)[number] = 'binance', quote = 1_000_000n) => {
  let nowMs = startMs + 5 * MINUTE_MS
  const clock = { nowMs: () => nowMs, endMs: seriesEndMs(series) }
  const market = createSimulatedMarket({ symbol: 'ABC/USDT', series, clock })
  const events: OrderEvent[] = []
  const bookOf = () => bookAt(market, bookVersionAt(market, nowMs), 50)
  const engine = new MatchingEngine({ nowMs: clock.nowMs, bookOf, onEvent: (event) => events.push(event) })
  const account = new Account(venue, { apiKey: 'key', secret: 'secret' })
  account.credit('USDT', quote * UNIT)
  account.credit('ABC', 10_000n * UNIT)
  /** Tells the engine what the market trades meanwhile. */
  const pass = (ms: number) => {
    for (const trade of tradesIn(series, { startMs: nowMs + 1, nowMs: nowMs + ms, count: 10_000 })) {
      nowMs = trade.timeMs
      engine.onTrade(market, trade)
    }
    nowMs += ms
  }
  const order = (given: Partial<OrderRequest>): OrderRequest => ({
    market,
    side: 'buy',
    type: 'limit',
    timeInForce: 'GTC',
    postOnly: false,
    clientOrderId: undefined,
    amount: 100_000n,
    ...given,
  })
  const total = (asset: string) => {
    const { free = 0n, held = 0n } = account.balances.get(asset) ?? {}
    return free + held
  }
  return { engine, account, market, events, bookOf, pass, order, total }
}

describe('MatchingEngine', () => {
  it('fills a market order from the levels of the book, with the taker’s fee', () => {
    const { engine, account, bookOf, order } = open()
    const [first, second] = bookOf().asks
    const amount = BigInt(first!.amount + 1)
    const placed = engine.place(account, order({ type: 'market', timeInForce: 'IOC', amount }))
    expect(placed).toMatchObject({ status: 'filled', filled: amount, held: 0n })
    expect(placed.fills.map((fill) => [fill.price, fill.amount, fill.isMaker, fill.feeAsset])).toEqual([
      [BigInt(first!.price), BigInt(first!.amount), false, 'ABC'],
      [BigInt(second!.price), 1n, false, 'ABC'],
    ])
  })

  it('lets a limit order rest, fills it in parts by the market’s trades, and tells each', () => {
    const { engine, account, bookOf, order, pass, events } = open()
    const price = BigInt(bookOf().bids[0]!.price)
    const placed = engine.place(account, order({ price, amount: 100_000_000n, postOnly: true }))
    expect([placed.status, placed.filled]).toEqual(['open', 0n])
    pass(30 * MINUTE_MS)
    expect(placed.fills.length).toBeGreaterThan(1)
    expect(placed.fills.every((fill) => fill.isMaker && fill.price === price)).toBe(true)
    expect(events.map(({ change }) => change)).toEqual(['new', ...placed.fills.map(() => 'fill')])
    engine.cancel(account, placed)
    expect(events.at(-1)?.change).toBe('cancelled')
    expect(account.balances.get('USDT')?.held).toBe(0n)
    expect([...engine.marketsWatched()]).toEqual([])
  })

  it('refuses what cannot be paid for, a post-only order that would take, and to cancel what is over', () => {
    const { engine, account, bookOf, order } = open('binance', 1n)
    const price = BigInt(bookOf().asks[0]!.price)
    const before = structuredClone(account.balances)
    for (const [given, reason] of [
      [{ price }, 'insufficientFunds'],
      [{ price, amount: 1n, postOnly: true }, 'wouldTake'],
      [{ side: 'sell', price: 1n, amount: 10n ** 18n }, 'insufficientFunds'],
    ] as const)
      expect(() => engine.place(account, order(given))).toThrow(new OrderRefused(reason))
    expect(account.balances).toEqual(before)
    expect(account.orders.size).toBe(0)
    const done = engine.place(
      account,
      order({ side: 'sell', type: 'market', timeInForce: 'IOC', amount: 1n }),
    )
    expect(() => engine.cancel(account, done)).toThrow(new OrderRefused('unknownOrder'))
  })

  it('ends what an immediate order does not get, and fills all or nothing where that is asked', () => {
    const { engine, account, bookOf, order } = open()
    const { price, amount } = bookOf().asks[0]!
    const more = { price: BigInt(price), amount: BigInt(amount) + 5n }
    const partly = engine.place(account, order({ ...more, timeInForce: 'IOC' }))
    expect([partly.status, partly.filled]).toEqual(['expired', BigInt(amount)])
    const none = engine.place(account, order({ ...more, timeInForce: 'FOK' }))
    expect([none.status, none.filled]).toEqual(['expired', 0n])
  })

  it('spends at most the amount of money that was given', () => {
    const { engine, account, order } = open('kraken')
    const spend = 12_345n * UNIT
    const placed = engine.place(
      account,
      order({ type: 'market', timeInForce: 'IOC', amount: 0n, quoteAmount: spend }),
    )
    const fees = placed.fills.reduce((sum, { fee }) => sum + fee, 0n)
    expect(placed.status).toBe('filled')
    expect(placed.cost + fees).toBeLessThanOrEqual(spend)
    expect(placed.cost + fees).toBeGreaterThan((spend * 999n) / 1000n)
  })

  it('wakes a stop at its price, and not before', () => {
    const { engine, account, order, pass, bookOf } = open()
    const price = BigInt(bookOf().bids[0]!.price)
    const stop = engine.place(account, order({ side: 'sell', type: 'stopLoss', stopPrice: 1n, amount: 10n }))
    const near = engine.place(
      account,
      order({ side: 'sell', type: 'stopLoss', timeInForce: 'IOC', stopPrice: price, amount: 10n }),
    )
    pass(30 * MINUTE_MS)
    expect([stop.status, stop.isWaiting]).toEqual(['open', true])
    expect([near.status, near.isWaiting, near.fills[0]?.isMaker]).toEqual(['filled', false, false])
  })

  const steps = fc.array(
    fc.record({
      side: fc.constantFrom('buy', 'sell'),
      type: fc.constantFrom('market', 'limit', 'stopLoss', 'stopLimit'),
      timeInForce: fc.constantFrom('GTC', 'IOC', 'FOK'),
      postOnly: fc.boolean(),
      amount: fc.bigInt({ min: 1n, max: 2_000_000_000n }),
      offset: fc.integer({ min: -60, max: 60 }),
      passMs: fc.integer({ min: 0, max: MINUTE_MS }),
      cancels: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  )

  it.each(VENUES)('keeps money at %s, whatever is ordered', (venue) => {
    fc.assert(
      fc.property(steps, (orders) => {
        const { engine, account, market, order, pass, total, bookOf } = open(venue)
        const given = { USDT: total('USDT'), ABC: total('ABC') }
        for (const { offset, passMs, cancels, ...asked } of orders) {
          const price = BigInt(bookOf().bids[0]!.price + offset)
          const isLimit = asked.type === 'limit' || asked.type === 'stopLimit'
          const isStop = asked.type.startsWith('stop')
          try {
            engine.place(
              account,
              order({
                ...asked,
                postOnly: asked.postOnly && asked.type === 'limit',
                ...(isLimit && { price }),
                ...(isStop && { stopPrice: price }),
              }),
            )
          } catch (error) {
            if (!(error instanceof OrderRefused)) throw error
          }
          pass(passMs)
          const live = [...account.orders.values()].find(({ status }) => status === 'open')
          if (cancels && live) engine.cancel(account, live)
        }
        for (const asset of ['USDT', 'ABC'] as const) {
          const rest = (engine.fees.get(asset) ?? 0n) + (engine.counterparty.get(asset) ?? 0n)
          expect(total(asset) + rest).toBe(given[asset])
        }
        for (const { free, held } of account.balances.values()) expect(free >= 0n && held >= 0n).toBe(true)
        const open_ = [...account.orders.values()]
        const heldBy = (side: string) =>
          open_.filter((one) => one.side === side).reduce((sum, one) => sum + one.held, 0n)
        expect(account.balances.get('USDT')?.held).toBe(heldBy('buy'))
        expect(account.balances.get('ABC')?.held).toBe(heldBy('sell'))
        for (const one of open_) {
          const bought = one.fills.reduce(
            (sum, fill) => sum + quoteUnits(market, fill.price, fill.amount),
            0n,
          )
          expect([one.cost, one.filled <= one.amount]).toEqual([bought, true])
        }
        expect(baseUnits(market, 1n)).toBeGreaterThan(0n)
      }),
      { seed: 17, numRuns: 100 },
    )
  })
})
