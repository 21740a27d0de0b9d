import {
  type BarRow,
  describeTrade,
  runBars,
  type Settings,
  SIGNAL,
  type StrategyParts,
} from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import type { Strategy } from '../strategy/index.ts'

const { buy, sellShort, leaveLong, leaveShort } = SIGNAL

const QUIET: BarRow = [100, 101, 99, 100]
const BUY: BarRow = [100, 101, 99, 100, buy]
const SELL: BarRow = [100, 101, 99, 100, sellShort]
const stop = { stopLoss: { fraction: 0.04 } }
const target = { takeProfit: { fraction: 0.04 } }
const short = { direction: 'short' as const }
const both = { direction: 'both' as const }

const sized = (value: number, kind: Strategy['sizing']['kind'], more: StrategyParts = {}): StrategyParts => ({
  ...more,
  sizing: { kind, value },
})

describe('sizes', () => {
  const rows: readonly BarRow[] = [BUY, QUIET, QUIET]
  const quantities = (barRows: readonly BarRow[], parts: StrategyParts, settings: Settings): number[] =>
    runBars(barRows, parts, settings).trades.map(({ quantity }) => quantity)

  it.each<readonly [string, readonly BarRow[], StrategyParts, Settings, readonly number[]]>([
    [
      'a share of equity leaves room for the fee',
      rows,
      sized(1, 'equityFraction'),
      { feeRate: 0.01, slippageRate: 0.01, quantityStep: 0.01 },
      [9.8],
    ],
    ['half of the equity', rows, sized(0.5, 'equityFraction'), { quantityStep: 1 }, [5]],
    ['an amount of quote', rows, sized(250, 'quote'), {}, [2.5]],
    ['an amount above the cash is no trade', rows, sized(1001, 'quote'), {}, []],
    ['an amount whose fee exceeds the cash is no trade', rows, sized(1000, 'quote'), { feeRate: 0.001 }, []],
    ['units', rows, sized(0.7, 'units'), { quantityStep: 0.1 }, [0.7]],
    ['a risk of equity over the distance to the stop', rows, sized(0.02, 'riskFraction', stop), {}, [5]],
    ['less than a step is no trade', rows, sized(0.05, 'equityFraction'), { quantityStep: 1 }, []],
    ['less than the minimum notional is no trade', rows, sized(1, 'units'), { minNotional: 101 }, []],
    ['the minimum notional itself is enough', rows, sized(1, 'units'), { minNotional: 100 }, [1]],
    [
      'what could not be sold at the stop is no trade',
      rows,
      sized(1, 'units', stop),
      { minNotional: 92 },
      [],
    ],
    ['what can be sold at the stop is', rows, sized(1, 'units', stop), { minNotional: 91 }, [1]],
    [
      'a reversal is sized by the cash after the close',
      [BUY, SELL, [200, 201, 199, 200], [200, 201, 199, 200]],
      sized(1, 'equityFraction', both),
      {},
      [10, 10],
    ],
    [
      'a losing reversal is smaller',
      [BUY, SELL, [50, 51, 49, 50], [50, 51, 49, 50]],
      sized(1, 'equityFraction', both),
      { feeRate: 0.01, quantityStep: 1 },
      [9, 10],
    ],
  ])('%s', (...[, barRows, parts, settings, expected]) => {
    expect(quantities(barRows, parts, settings)).toEqual(expected)
  })

  it('counts refused entries by reason', () => {
    const { result } = runBars([BUY, BUY, BUY, QUIET], sized(1, 'units'), { minNotional: 101 })
    expect(result.denied).toEqual({
      ZERO_QUANTITY: 0,
      MIN_NOTIONAL: 3,
      INSUFFICIENT_CASH: 0,
      NO_STOP_DISTANCE: 0,
    })
  })
})

describe('the account', () => {
  it('charges both fees and leaves the exit fee out of the mark', () => {
    const rows: BarRow[] = [BUY, [100, 111, 99, 110, leaveLong], [120, 121, 119, 120]]
    const { result, trades } = runBars(rows, {}, { feeRate: 0.01 })
    expect([...result.equity]).toEqual([1000, 1009, 1017.8])
    expect(trades[0]).toMatchObject({ fees: 2.2, pnl: 17.8, returnFraction: 17.8 / 100 })
  })

  it('marks shorts the other way round', () => {
    const rows: BarRow[] = [SELL, [100, 111, 99, 110, leaveShort], [120, 121, 119, 120]]
    const { result, trades } = runBars(rows, short, { feeRate: 0.01 })
    expect([...result.equity]).toEqual([1000, 989, 977.8])
    expect(trades[0]).toMatchObject({ fees: 2.2, pnl: -22.2 })
  })

  it('measures excursions and slippage from the fill', () => {
    const rows: BarRow[] = [BUY, [100, 108, 95, 101, leaveLong], [110, 130, 70, 110]]
    const { trades } = runBars(rows, {}, { slippageRate: 0.01 }).result
    expect(trades.mae[0]).toBeCloseTo(95 / 101 - 1, 12)
    expect(trades.mfe[0]).toBeCloseTo(110 / 101 - 1, 12)
    expect(trades.slippageCost[0]).toBeCloseTo(1 + 1.1, 12)
  })

  it('sees only the part of the exit bar that came before the stop', () => {
    const rows: BarRow[] = [BUY, QUIET, [100, 120, 90, 100], QUIET]
    const { trades } = runBars(rows, stop, { path: 'olhc' }).result
    expect([trades.mae[0], trades.mfe[0]]).toEqual([-0.04, 0.01])
  })

  it('ends where equity is gone', () => {
    const rows: BarRow[] = [SELL, [100, 101, 99, 100], [250, 251, 249, 250, sellShort], QUIET, QUIET]
    const { result, trades } = runBars(rows, {
      ...short,
      sizing: { kind: 'equityFraction', value: 1 },
    })
    expect([...result.equity]).toEqual([1000, 1000, 0, 0, 0])
    expect(result.blownAtBar).toBe(2)
    expect(trades.map(describeTrade)).toEqual(['S 1@100 > 2@250 liquidation'])
  })
})

describe('the fee of a maker', () => {
  const rows: readonly BarRow[] = [BUY, QUIET, [100, 105, 99, 100], QUIET]
  const gapped: readonly BarRow[] = [BUY, QUIET, [110, 111, 109, 110], QUIET]
  const feesOf = (barRows: readonly BarRow[], parts: StrategyParts, settings: Settings): readonly number[] =>
    runBars(barRows, parts, { feeRate: 0.01, ...settings }).trades.map(({ fees }) => fees)

  it.each<readonly [string, readonly BarRow[], StrategyParts, Settings, number]>([
    ['is paid by a target that was reached', rows, target, { makerFeeRate: 0.001 }, 1 + 0.104],
    ['is paid by a gapped target', gapped, target, { makerFeeRate: 0.001 }, 1 + 0.104],
    ['is paid at the open', gapped, target, { makerFeeRate: 0.001, limitGap: 'at_open' }, 1 + 0.11],
    ['may be nothing', rows, target, { makerFeeRate: 0 }, 1],
    ['is that of a taker when null', rows, target, { makerFeeRate: null }, 1 + 1.04],
    ['is not paid by a stop', [BUY, [100, 101, 95, 97], QUIET], stop, { makerFeeRate: 0.001 }, 1 + 0.96],
    ['is not paid at the end of the data', [BUY, QUIET, QUIET], target, { makerFeeRate: 0.001 }, 2],
  ])('%s', (...[, barRows, parts, settings, fees]) => {
    expect(feesOf(barRows, parts, settings)).toEqual([expect.closeTo(fees, 12)])
  })

  it('decides which path is the better one', () => {
    // The target costs more than it wins, so the stop that the other path meets first leaves more.
    const both = { ...target, stopLoss: { fraction: 0.01 } }
    const wild: readonly BarRow[] = [BUY, [100, 105, 95, 100], QUIET]
    const { trades } = runBars(wild, both, { path: 'best', makerFeeRate: 0.06 })
    expect(trades.map(({ exitReason }) => exitReason)).toEqual(['stop_loss'])
  })
})

describe('the ambiguity band', () => {
  it('is the same strategy with both orders of every bar', () => {
    const rows: BarRow[] = [BUY, QUIET, [100, 105, 95, 100, buy], QUIET, [100, 105, 95, 100], QUIET]
    const { result } = runBars(rows, { ...stop, ...target }, { path: 'stop_first' })
    expect(result.band).toEqual({ worst: 992, best: 1008, ambiguousBars: 2 })
    expect(result.finalEquity).toBe(992)
  })

  it('has no width where nothing is ambiguous', () => {
    const { result } = runBars([BUY, QUIET, [100, 105, 99, 100], QUIET], { ...stop, ...target })
    expect(result.band).toEqual({ worst: 1004, best: 1004, ambiguousBars: 0 })
  })
})
