import {
  type BarRow,
  candlesOf,
  codedStrategy,
  describeTrade,
  PLAIN_CONFIG,
  programOf,
  type Settings,
  SIGNAL,
  type StrategyParts,
} from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import type { Candles } from '../market/index.ts'
import { NO_RISK_LIMITS, type RiskLimits } from '../risk/index.ts'
import { createSeriesColumns } from '../strategy/index.ts'
import { portfolioTradeRows, runPortfolio, toPortfolioReport } from './index.ts'

const MINUTE = 60_000
const { none, buy, sellShort, leaveLong } = SIGNAL

/** A bar that stays at one price. */
const at = (price: number, signal: number = none): BarRow => [price, price, price, price, signal]
const flat = (...rows: readonly (readonly [price: number, signal?: number])[]): readonly BarRow[] =>
  rows.map(([price, signal]) => at(price, signal))

/** Bars of which some are missing: `places` are those that are there. */
const placed = (rows: readonly BarRow[], places: readonly number[]): Candles => {
  const candles = candlesOf(rows)
  places.forEach((place, row) => (candles.time[row] = place * MINUTE))
  return candles
}

interface Case {
  readonly symbols: Readonly<Record<string, readonly BarRow[] | Candles>>
  readonly parts?: StrategyParts
  readonly settings?: Settings
  readonly risk?: Partial<RiskLimits>
  readonly barMs?: number
}

/** The trades as `A: …` lines, and what was refused. */
const outcomeOf = ({ symbols, parts, settings, risk, barMs = MINUTE }: Case) => {
  const config = {
    ...PLAIN_CONFIG,
    ...settings,
    risk: risk === undefined ? null : { ...NO_RISK_LIMITS, ...risk },
  }
  const members = Object.entries(symbols).map(([name, bars]) => ({
    symbol: `${name}/USD`,
    series: createSeriesColumns('time' in bars ? bars : candlesOf(bars, barMs), { barMs }),
  }))
  const result = runPortfolio({ program: programOf(codedStrategy(parts)), members, config })
  const lines = portfolioTradeRows(result).map(
    (trade) => `${trade.symbol?.replace('/USD', '')} ${trade.quantity} ${describeTrade(trade)}`,
  )
  const denied = Object.fromEntries(Object.entries(result.denied).filter(([, count]) => count > 0))
  return { lines, denied, result, config }
}

const units = (value: number): StrategyParts => ({ sizing: { kind: 'units', value } })
const quote = (value: number): StrategyParts => ({ sizing: { kind: 'quote', value } })
const fraction = (value: number): StrategyParts => ({ sizing: { kind: 'equityFraction', value } })

describe('the cash of a portfolio', () => {
  const [a, b] = [flat([100, buy], [100], [100]), flat([50, buy], [50], [50])]

  it('goes to the first in the list where it is short', () => {
    const denied = { INSUFFICIENT_CASH: 1 }
    expect(outcomeOf({ symbols: { A: a, B: b }, parts: quote(600) })).toMatchObject({
      lines: ['A 6 L 1@100 > 2@100 end_of_data'],
      denied,
    })
    expect(outcomeOf({ symbols: { B: b, A: a }, parts: quote(600) })).toMatchObject({
      lines: ['B 12 L 1@50 > 2@50 end_of_data'],
      denied,
    })
  })

  it('is freed by the exits of all before the entries of any', () => {
    const symbols = {
      A: flat([100], [100, buy], [100], [100]),
      B: flat([100, buy], [100, leaveLong], [90], [90]),
    }
    // B spends 900 of 1000 and brings 810 back: 910 pay for the 900 of A, which comes first.
    expect(outcomeOf({ symbols, parts: units(9) })).toMatchObject({
      lines: ['B 9 L 1@100 > 2@90 signal', 'A 9 L 2@100 > 3@100 end_of_data'],
      denied: {},
    })
  })

  it('is what a short leaves of it', () => {
    const symbols = { A: flat([100, sellShort], [100], [100]), B: flat([50, sellShort], [50], [50]) }
    const parts = { direction: 'short' as const, ...quote(600) }
    // 600 of proceeds and 600 of collateral belong to the short of A.
    expect(outcomeOf({ symbols, parts })).toMatchObject({ denied: { INSUFFICIENT_CASH: 1 } })
  })

  it('sizes a fraction by cash and the other positions at the open', () => {
    const A = [at(100, buy), [100, 110, 100, 110], [125, 125, 125, 125], at(125)] as const
    const B = flat([10], [10, buy], [10], [10])
    // A: 4 for 400; at the open of bar 2 600 + 4 * 125 = 1100, of which B gets 440.
    expect(outcomeOf({ symbols: { A, B }, parts: fraction(0.4) }).lines).toEqual([
      'A 4 L 1@100 > 3@125 end_of_data',
      'B 44 L 2@10 > 3@10 end_of_data',
    ])
  })

  it('takes the last close of a symbol without a bar at the time', () => {
    const A = placed([at(100, buy), [100, 110, 100, 110], at(125)], [0, 1, 3])
    const B = flat([10], [10, buy], [10], [10])
    // 600 + 4 * 110 = 1040.
    expect(outcomeOf({ symbols: { A, B }, parts: fraction(0.4) }).lines).toEqual([
      'A 4 L 1@100 > 2@125 end_of_data',
      'B 41.6 L 2@10 > 3@10 end_of_data',
    ])
  })

  it('is gone for all symbols at once', () => {
    // 1000 + 500 - 400 of cash; at 400 the short of A costs 2000, the 4 of B bring 400: worth -500.
    const A = flat([100, sellShort], [100], [100], [400], [50, sellShort], [50])
    const B = placed(flat([100], [100, buy], [100], [100], [100]), [0, 1, 2, 4, 5])
    const coded = { direction: 'both' as const, sizing: { kind: 'units' as const, value: 5 } }
    const { lines, result } = outcomeOf({
      symbols: { A, B },
      parts: coded,
      settings: { initialCapital: 1000 },
    })
    expect(lines).toEqual(['B 5 L 2@100 > 2@100 liquidation', 'A 5 S 1@100 > 3@400 liquidation'])
    expect([...result.equity]).toEqual([1000, 1000, 1000, 0, 0, 0])
    expect(result.blownAtBar).toBe(3)
  })
})

describe('the risk budget of a portfolio', () => {
  const A = flat([100, buy], [100], [100], [100, leaveLong], [100], [100])

  it.each<readonly [what: string, testCase: Case, lines: readonly string[], denied: Record<string, number>]>([
    [
      'has so many places, free again at the open of an exit',
      {
        symbols: { A, B: flat([50, buy], [50], [50], [50, buy], [50], [50]) },
        risk: { maxOpenPositions: 1 },
      },
      ['A 1 L 1@100 > 4@100 signal', 'B 1 L 4@50 > 5@50 end_of_data'],
      { MAX_OPEN_POSITIONS: 1 },
    ],
    [
      'limits what a symbol is worth over equity',
      {
        symbols: { A, B: flat([50, buy], [50], [50], [50], [50], [50]) },
        parts: units(3),
        risk: { maxSymbolExposureFraction: 0.2 },
      },
      ['B 3 L 1@50 > 5@50 end_of_data'],
      { MAX_SYMBOL_EXPOSURE: 1 },
    ],
    [
      'limits what all symbols are worth, at the open and not before it',
      // 200 of A become 250 of 1050 at the open of bar 2, and 100 of B make 350 > 0.33 * 1050; not so at bar 3.
      {
        symbols: {
          A: [at(100, buy), at(100), at(125), at(100), at(100)],
          B: flat([50], [50, buy], [50, buy], [50], [50]),
        },
        parts: units(2),
        risk: { maxExposureFraction: 0.33 },
      },
      ['A 2 L 1@100 > 4@100 end_of_data', 'B 2 L 3@50 > 4@50 end_of_data'],
      { MAX_EXPOSURE: 1 },
    ],
    [
      'lets a symbol rest after an exit, and no other',
      {
        symbols: {
          A: flat([100, buy], [100, leaveLong], [100, buy], [100, buy], [100, buy], [100], [100]),
          B: flat([50], [50], [50, buy], [50], [50], [50], [50]),
        },
        risk: { cooldownBars: 2 },
      },
      ['A 1 L 1@100 > 2@100 signal', 'B 1 L 3@50 > 6@50 end_of_data', 'A 1 L 5@100 > 6@100 end_of_data'],
      { COOLDOWN: 2 },
    ],
    [
      'ends a day that has lost its share, and begins the next',
      // Two bars a day: the 5 of A cost 110 of 1000 on day 1.
      {
        symbols: {
          A: flat([100, buy], [100], [78], [78], [78], [78]),
          B: flat([50], [50], [50, buy], [50, buy], [50], [50]),
        },
        parts: units(5),
        risk: { dailyLossFraction: 0.1 },
        barMs: 12 * 60 * MINUTE,
      },
      ['A 5 L 1@100 > 5@78 end_of_data', 'B 5 L 4@50 > 5@50 end_of_data'],
      { DAILY_LOSS: 1 },
    ],
    [
      'pauses after stops of any symbol',
      {
        symbols: {
          A: flat([100, buy], [100], [90], [90, buy], [90], [90, buy], [90, buy], [90]),
          B: flat([50, buy], [50], [50], [45], [45], [45], [45], [45]),
        },
        parts: { ...units(1), stopLoss: { fraction: 0.1 } },
        risk: { stopLossGuard: { stops: 2, withinBars: 4, pauseBars: 3 } },
      },
      [
        'A 1 L 1@100 > 2@90 stop_loss gap',
        'B 1 L 1@50 > 3@45 stop_loss gap',
        'A 1 L 7@90 > 7@90 end_of_data',
      ],
      { STOP_LOSS_GUARD: 2 },
    ],
    [
      'pauses after a drawdown of the account',
      {
        symbols: {
          A: flat([100, buy], [100], [75], [75], [75], [75], [75]),
          B: flat([50], [50], [50, buy], [50, buy], [50, buy], [50], [50]),
        },
        parts: units(5),
        risk: { maxDrawdown: { fraction: 0.1, pauseBars: 2 } },
      },
      ['A 5 L 1@100 > 6@75 end_of_data', 'B 5 L 5@50 > 6@50 end_of_data'],
      { MAX_DRAWDOWN: 2 },
    ],
    [
      'stops for good after a drawdown without an end',
      {
        symbols: {
          A: flat([100, buy], [100], [75], [75], [75], [75], [75]),
          B: flat([50], [50], [50, buy], [50, buy], [50, buy], [50], [50]),
        },
        parts: units(5),
        risk: { maxDrawdown: { fraction: 0.1, pauseBars: null } },
      },
      ['A 5 L 1@100 > 6@75 end_of_data'],
      { MAX_DRAWDOWN: 3 },
    ],
    [
      'counts scale-ins as exposure, and not as positions',
      // 3 for 300; three more at 90 would make 540 of 970, at 0.6 allowed and at 0.5 not.
      {
        symbols: { A: flat([100, buy], [100], [90], [90]) },
        parts: { ...units(3), scaleIn: [{ fraction: 0.1, size: 1 }] },
        risk: { maxOpenPositions: 1, maxSymbolExposureFraction: 0.5, cooldownBars: 9 },
      },
      ['A 3 L 1@100 > 3@90 end_of_data'],
      { MAX_SYMBOL_EXPOSURE: 1 },
    ],
    [
      'admits the scale-ins that it has room for',
      {
        symbols: { A: flat([100, buy], [100], [90], [90]) },
        parts: { ...units(3), scaleIn: [{ fraction: 0.1, size: 1 }] },
        risk: { maxOpenPositions: 1, maxSymbolExposureFraction: 0.6, cooldownBars: 9 },
      },
      ['A 6 L 1@95 > 3@90 end_of_data'],
      {},
    ],
  ])('%s', (...row) => {
    const [, testCase, lines, denied] = row
    const outcome = outcomeOf(testCase)
    expect(outcome.lines).toEqual(lines)
    expect(outcome.denied).toEqual(denied)
  })
})

describe('the report of a portfolio', () => {
  it('measures the whole account against equal shares of all symbols', () => {
    const symbols = {
      A: flat([100, buy], [100], [120], [120]),
      B: placed(flat([50], [50, buy], [45], [45]), [0, 1, 2, 4]),
    }
    const { result, config } = outcomeOf({ symbols, parts: units(2) })
    const report = toPortfolioReport({ result, config, sha256: (text) => text, withEquity: true })
    // A: +20 % from its open at bar 1; B: -10 % from its.
    expect(report.metrics.buyAndHold).toBeCloseTo(0.05, 12)
    expect(report.equity?.map(([, value]) => value)).toEqual([1000, 1000, 1040, 1040, 1040])
    // A held in bars 1 to 3, B from bar 2 to its last: all of the time but none before bar 1.
    expect(report.metrics.exposureTime).toBe(1)
    expect(report.metrics.totalReturn).toBeCloseTo(0.04, 12)
    expect(report.metrics.trades).toBe(2)
    expect(JSON.parse(report.tradesSha256)).toEqual(report.trades)
    expect(Object.keys(report.trades[0]!).at(-1)).toBe('symbol')
  })
})
