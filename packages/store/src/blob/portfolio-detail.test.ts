import type { MemberDetail, PortfolioDetail } from '@botcriptofy/engine/backtest'
import { describe, expect, it } from 'vitest'
import { packPortfolioDetail, unpackPortfolioDetail } from './portfolio-detail.ts'

const NONE = { ZERO_QUANTITY: 0, MIN_NOTIONAL: 0, INSUFFICIENT_CASH: 0, NO_STOP_DISTANCE: 0 }
const idle: MemberDetail = { firstTradableBar: 40, ambiguousBars: 0, openPosition: null, denied: NONE }
const busy: MemberDetail = {
  firstTradableBar: 31,
  ambiguousBars: 7,
  openPosition: { side: 'long', entryIndex: 90, entryPrice: 1e-8, quantity: 1 / 3 },
  denied: { ...NONE, INSUFFICIENT_CASH: 3, COOLDOWN: 12, MAX_EXPOSURE: 1 },
}
const WHOLE: PortfolioDetail = {
  firstTradableBar: 31,
  curveRows: Int32Array.of(0, 7, 99),
  held: Float64Array.of(Number.NaN, 0.1 + 0.2, 3),
  band: { worst: Float64Array.of(1, 2, 3), best: Float64Array.of(4, 5, 6) },
  mae: Float64Array.of(-0.5),
  mfe: Float64Array.of(0.25),
  sharpe: { windowDays: 30, rows: Int32Array.of(50), values: Float64Array.of(1.5) },
  members: [idle, busy],
}

describe('the detail of a portfolio', () => {
  it.each<[string, PortfolioDetail]>([
    ['with an idle member before a busy one', WHOLE],
    ['without a band, the busy member first', { ...WHOLE, band: null, members: [busy, busy, idle] }],
  ])('comes back %s, bit by bit', (_, detail) => {
    expect(unpackPortfolioDetail(packPortfolioDetail(detail))).toEqual(detail)
  })
})
