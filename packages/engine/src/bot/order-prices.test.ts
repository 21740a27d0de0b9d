import { describe, expect, it } from 'vitest'
import type { OrderPrices } from '../orders/index.ts'
import type { EntryOrderPlan, PriceLevelPlan } from '../strategy/index.ts'
import { orderPrices } from './order-prices.ts'

const offset = (fraction: number): PriceLevelPlan => ({ kind: 'offset', fraction })
const PRICE: PriceLevelPlan = { kind: 'operand', operand: { kind: 'field', field: 'low', offset: 0 } }

const plan = (kind: EntryOrderPlan['kind'], levels: Partial<EntryOrderPlan>): EntryOrderPlan => ({
  kind,
  stop: null,
  limit: null,
  expireBars: null,
  ...levels,
})

const NONE = Number.NaN
const AT_200 = { close: 200, stop: NONE, limit: NONE }

describe('orderPrices', () => {
  it('makes a market order of a strategy without an entry order', () => {
    expect(orderPrices(null, 1, AT_200)).toEqual({ kind: 'market' })
  })

  it.each<readonly [EntryOrderPlan, long: OrderPrices, short: OrderPrices]>([
    [
      plan('limit', { limit: offset(0.25) }),
      { kind: 'limit', limitPrice: 150 },
      { kind: 'limit', limitPrice: 250 },
    ],
    [
      plan('stop', { stop: offset(0.25) }),
      { kind: 'stop', stopPrice: 250 },
      { kind: 'stop', stopPrice: 150 },
    ],
    [
      plan('stop_limit', { stop: offset(0.25), limit: offset(0.5) }),
      { kind: 'stop_limit', stopPrice: 250, limitPrice: 375 },
      { kind: 'stop_limit', stopPrice: 150, limitPrice: 75 },
    ],
    [
      plan('oco', { stop: offset(0.25), limit: offset(0.5) }),
      { kind: 'oco', stopPrice: 250, limitPrice: 100 },
      { kind: 'oco', stopPrice: 150, limitPrice: 300 },
    ],
  ])('measures %j away from the close and a stop-limit further on', (...[order, long, short]) => {
    expect(orderPrices(order, 1, AT_200)).toEqual(long)
    expect(orderPrices(order, -1, AT_200)).toEqual(short)
  })

  it('takes prices that an operand gave as they are', () => {
    const input = { close: 200, stop: 210, limit: 190 }
    expect(orderPrices(plan('limit', { limit: PRICE }), -1, input)).toEqual({
      kind: 'limit',
      limitPrice: 190,
    })
    expect(orderPrices(plan('oco', { stop: PRICE, limit: PRICE }), 1, input)).toEqual({
      kind: 'oco',
      stopPrice: 210,
      limitPrice: 190,
    })
    const mixed = plan('stop_limit', { stop: PRICE, limit: offset(0.5) })
    expect(orderPrices(mixed, 1, input)).toEqual({ kind: 'stop_limit', stopPrice: 210, limitPrice: 315 })
  })

  it.each([NONE, 0, -3, Infinity])('places nothing where the operand is %d', (price) => {
    const input = { close: 200, stop: price, limit: price }
    expect(orderPrices(plan('limit', { limit: PRICE }), 1, input)).toBeNull()
    expect(orderPrices(plan('stop', { stop: PRICE }), 1, input)).toBeNull()
    expect(orderPrices(plan('oco', { stop: PRICE, limit: offset(0.1) }), 1, input)).toBeNull()
    expect(orderPrices(plan('stop_limit', { stop: offset(0.1), limit: PRICE }), 1, input)).toBeNull()
  })
})
