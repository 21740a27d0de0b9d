import { candlesOf } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import type { Effect } from '../orders/index.ts'
import type { Candles } from '../market/index.ts'
import { createPaperAccount } from './account.ts'
import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG } from './config.ts'
import { fillBar, submit } from './fill-bar.ts'
import { passQuietBars } from './quiet-bars.ts'
import { createPaperSetup, type Protection } from './setup.ts'

const CONFIG: BacktestConfig = { ...DEFAULT_BACKTEST_CONFIG, feeRate: 0, slippageRate: 0 }
const PROTECTION: Protection = {
  stopLoss: { fraction: 0.1 },
  takeProfit: { fraction: 0.2 },
  scaleIn: [{ fraction: 0.05, size: 1 }],
  scaleOut: [{ fraction: 0.1, share: 0.5 }],
}
const ENTER: Effect = {
  kind: 'enter',
  side: 'long',
  order: { kind: 'market' },
  expireBars: null,
  sizing: { kind: 'units', value: 1 },
  signalClose: 100,
}

const rowAt = ({ time, open, high, low, close, volume }: Candles, index: number) => ({
  index,
  time: time[index]!,
  open: open[index]!,
  high: high[index]!,
  low: low[index]!,
  close: close[index]!,
  volume: volume[index]!,
})

/** A long of one unit at 100, bought at the open of bar 0. */
const held = (candles: Candles, config: BacktestConfig) => {
  const setup = createPaperSetup(PROTECTION, config)
  const account = createPaperAccount(setup)
  submit(setup, account, { effect: ENTER, index: -1 })
  fillBar(setup, account, rowAt(candles, 0))
  return { setup, account }
}

const passed = (low: number, high: number, config: Partial<BacktestConfig> = {}) => {
  const candles = candlesOf([
    [100, 100, 100, 100],
    [100, 101, 99, 100],
    [100, 102, 98, 101],
    [100, high, low, 100],
    [100, 101, 99, 100],
  ])
  const whole = { ...CONFIG, ...config }
  const { account, setup } = held(candles, whole)
  const stretch = { candles, from: 1, to: 5, flags: new Uint8Array(5), mask: 1, equity: new Float64Array(5) }
  return { account, setup, candles, stretch, end: passQuietBars(whole, account, stretch) }
}

describe('passQuietBars', () => {
  it.each<readonly [string, low: number, high: number, end: number]>([
    ['nothing in reach', 95.5, 109.5, 5],
    ['a scale-in', 95, 100, 3],
    ['a partial target', 100, 110.5, 3],
    ['the stop', 90, 100, 3],
    ['the target', 100, 120, 3],
  ])('stops before %s', (_name, low, high, end) => {
    expect(passed(low, high).end).toBe(end)
  })

  it('leaves the account and the equity as one bar after the other does', () => {
    const { account, candles, stretch } = passed(97, 104)
    const slow = held(candles, CONFIG)
    const equity = [1, 2, 3, 4].map((index) => {
      const report = fillBar(slow.setup, slow.account, rowAt(candles, index))
      return report.ok ? report.value.equity : Number.NaN
    })
    expect(account).toEqual(slow.account)
    expect([...stretch.equity.subarray(1)]).toEqual(equity)
  })

  it('ends behind the bar whose flag is looked for', () => {
    const { candles, stretch } = passed(97, 104)
    const { account } = held(candles, CONFIG)
    expect(passQuietBars(CONFIG, account, { ...stretch, flags: Uint8Array.of(1, 2, 1, 0, 0) })).toBe(3)
  })

  it('leaves every bar where funding may accrue or an order is under way', () => {
    expect(passed(97, 104, { fundingRate: 0.001 }).end).toBe(1)
    const { candles, stretch } = passed(97, 104)
    const { setup, account } = held(candles, CONFIG)
    submit(setup, account, { effect: { kind: 'exit', reason: 'signal' }, index: 0 })
    expect(passQuietBars(CONFIG, account, stretch)).toBe(1)
  })
})
