import { describePaperTrade, enterEffect, type PaperRow, runScene } from '@botcriptofy/testkit/paper'
import { describe, expect, it } from 'vitest'
import { createPaperAccount, type PaperAccount } from './account.ts'
import type { BarPrices } from './bar.ts'
import { DEFAULT_BACKTEST_CONFIG } from './config.ts'
import { fillBar, submit } from './fill-bar.ts'
import { createPaperSetup } from './setup.ts'

const QUIET: PaperRow = [100, 100, 100, 100]
const protection = { stopLoss: { fraction: 0.05 }, takeProfit: { fraction: 0.05 } }
const parent: PaperRow = [100, 106, 94, 100]

const tradeWith = (children: readonly PaperRow[] | undefined) => {
  const run = runScene({
    rows: [QUIET, QUIET, parent, QUIET],
    orders: { 0: enterEffect('long', 100) },
    protection,
    ...(children === undefined ? {} : { details: { 2: children } }),
  })
  return [describePaperTrade(run.trades[0]!), run.account.ambiguousBars]
}

describe('detail bars', () => {
  it('decide what the bar alone leaves open', () => {
    expect(tradeWith(undefined)).toEqual(['L 1@100 > 2@95 x1 stop_loss', 1])
    expect(
      tradeWith([
        [100, 106, 99, 104],
        [104, 104, 94, 100],
      ]),
    ).toEqual(['L 1@100 > 2@105 x1 take_profit', 0])
    expect(
      tradeWith([
        [100, 101, 94, 96],
        [96, 106, 96, 100],
      ]),
    ).toEqual(['L 1@100 > 2@95 x1 stop_loss', 0])
  })

  it('count a bar once whose children are still ambiguous', () => {
    expect(
      tradeWith([
        [100, 106, 94, 100],
        [100, 106, 94, 100],
      ]),
    ).toEqual(['L 1@100 > 2@95 x1 stop_loss', 1])
  })

  it('fill a gap between them at the open of the child', () => {
    expect(
      tradeWith([
        [100, 104, 96, 97],
        [94, 106, 94, 100],
      ]),
    ).toEqual(['L 1@100 > 2@94 x1 stop_loss gap', 0])
  })

  it.each<readonly [name: string, children: readonly BarPrices[], expected: string, actual: string]>([
    ['open', [row(99, 106, 94, 100)], 'open 99, that of its detail bars', '100'],
    ['high', [row(100, 105, 94, 100)], 'high 105, that of its detail bars', '106'],
    ['low', [row(100, 106, 95, 99), row(99, 100, 96, 100)], 'low 95, that of its detail bars', '94'],
    ['close', [row(100, 106, 94, 101)], 'close 101, that of its detail bars', '100'],
    ['none at all', [], 'at least one detail bar', 'none'],
  ])(
    'that disagree with their bar (%s) are an error and change nothing',
    (_name, children, expected, actual) => {
      const setup = createPaperSetup(protection, DEFAULT_BACKTEST_CONFIG)
      const account: PaperAccount = createPaperAccount(setup)
      submit(setup, account, { effect: enterEffect('long', 100), index: 6 })
      const before = structuredClone(account)
      const bar = { ...row(100, 106, 94, 100), index: 7, children }
      expect(fillBar(setup, account, bar)).toEqual({ ok: false, error: { path: 'bar 7', expected, actual } })
      expect(account).toEqual(before)
    },
  )
})

function row(open: number, high: number, low: number, close: number): BarPrices {
  return { time: 0, open, high, low, close, volume: 1 }
}
