import {
  type BarRow,
  programOf,
  runBars,
  type Settings,
  SIGNAL,
  type StrategyParts,
} from '@botcriptofy/testkit/bars'
import { tradeLogOf, type TradeRow } from '@botcriptofy/testkit/trades'
import { describe, expect, it } from 'vitest'
import { METRIC_KEYS, type Metrics } from '../metrics/index.ts'
import type { Rule, Strategy } from '../strategy/index.ts'
import type { Findings } from './recommendation.ts'
import { recommend, RECOMMENDATION_CODES, type RecommendationCode } from './recommendations.ts'
import { toBacktestReport } from './report.ts'

const { buy, leaveLong, sellShort } = SIGNAL
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

interface Advice {
  readonly code: RecommendationCode
  readonly text: string
  readonly value: number | null
  readonly limit: number | null
}

/** What is recommended, and under which circumstances. */
type Scene = () => readonly Advice[]

/** A scene of hand-made bars, run by the engine. */
const run =
  (rows: readonly BarRow[], parts: StrategyParts = {}, settings: Settings = {}): Scene =>
  () => {
    const { result, candles, config } = runBars(rows, parts, settings)
    return toBacktestReport({ result, candles, config, sha256: () => '', withEquity: false }).recommendations
  }

interface Outcome {
  readonly trades?: readonly TradeRow[]
  readonly metrics?: Partial<Metrics>
  /** One point a day from the first day on. */
  readonly equity?: readonly number[]
  /** Hours instead of days. */
  readonly stepMs?: number
  readonly strategy?: Strategy
}

/** 2024-01-01, a Monday. */
const FIRST_DAY = Date.UTC(2024, 0, 1) / DAY_MS
const NO_METRICS = Object.fromEntries(METRIC_KEYS.map((key) => [key, null])) as Metrics

/** A scene of a hand-made result; the account starts with 100. */
const outcome =
  ({ trades = [], metrics = {}, equity = [100, 100], stepMs = DAY_MS, strategy }: Outcome): Scene =>
  () => {
    const { result } = runBars([[1, 1, 1, 1]])
    const bars = equity.length
    const days = ((bars - 1) * stepMs) / DAY_MS
    const dayEnds = equity.filter((_, bar) => ((bar + 1) * stepMs) % DAY_MS === 0 || bar === bars - 1)
    const findings: Findings = {
      result: {
        ...result,
        bars,
        trades: tradeLogOf(trades),
        metrics: { ...NO_METRICS, ...metrics },
        metricReasons: {},
        curve: { firstDay: FIRST_DAY, daily: Float64Array.of(100, ...dayEnds) },
        finalEquity: equity.at(-1)!,
        firstTradableBar: 0,
      },
      initialCapital: 100,
      time: Float64Array.from(equity, (_, bar) => FIRST_DAY * DAY_MS + bar * stepMs),
      lowSample: false,
      days,
      program: strategy === undefined ? undefined : programOf(strategy),
      barMs: stepMs,
    }
    return recommend(findings)
  }

const QUIET: BarRow = [100, 100, 100, 100]
/** Buys at `from`, sells at `to`. */
const trip = (from: number, to: number): BarRow[] => [
  [from, from, from, from, buy],
  [from, from, from, from, leaveLong],
  [to, to, to, to],
]
const trips = (count: number, from: number, to: number): BarRow[] =>
  Array.from({ length: count }, () => trip(from, to)).flat()

const stopAndTarget = { stopLoss: { fraction: 0.04 }, takeProfit: { fraction: 0.04 } }
const ambiguous: BarRow[] = [[100, 100, 100, 100, buy], [100, 110, 90, 100], ...trip(100, 101)]
const clear: BarRow[] = [[100, 100, 100, 100, buy], [100, 110, 99, 110], ...trip(100, 101)]
const short = { direction: 'short' as const, sizing: { kind: 'equityFraction' as const, value: 1 } }
const shorting: BarRow[] = [[100, 100, 100, 100, sellShort], QUIET, [250, 250, 250, 250]]

/** `count` trades from the first bar on, `every` bars apart, with a pnl by number. */
const tradesOf = (count: number, every: number, pnlOf: (number: number) => number): TradeRow[] =>
  Array.from({ length: count }, (_, k) => ({
    entryIndex: k * every,
    exitIndex: k * every + 1,
    pnl: pnlOf(k),
  }))

const days = (count: number, equityOf: (day: number) => number): number[] =>
  Array.from({ length: count }, (_, day) => equityOf(day))

const LONG = days(200, () => 100)

/** Grows by a tenth a month over five months, but in March by `march`. */
const growing = (march: number): number[] =>
  days(
    150,
    (day) => 100 * 1.003 ** Math.min(day, 60) * (day > 70 ? 1 + march : 1) * 1.003 ** Math.max(0, day - 90),
  )

/** Five numbers: two periods, a stop, a target, a threshold. */
const FIVE: Strategy = {
  name: 'five',
  version: 1,
  direction: 'long',
  indicators: { fast: { type: 'ema', params: { period: 5 } }, slow: { type: 'sma', params: { period: 20 } } },
  entry: {
    long: {
      all: [
        { left: 'fast', op: '>', right: 'slow' },
        { left: 'volume', op: '>', right: 3 },
      ],
    },
  },
  stopLoss: { fraction: 0.1 },
  takeProfit: { fraction: 0.2 },
  sizing: { kind: 'units', value: 1 },
}
const PLAIN: Strategy = {
  ...FIVE,
  indicators: {},
  entry: { long: { left: 'close', op: '>', right: 'open' } },
  stopLoss: undefined,
  takeProfit: undefined,
}

/** A trade an hour for 500 hours; those entered at 14:00 UTC make `at14` by day, the others 1 and -`loss` in turn. */
const hourly = (at14: (day: number) => number, loss: number): readonly TradeRow[] =>
  tradesOf(500, 1, (k) => {
    const day = Math.floor(k / 24)
    if (k % 24 === 14) return at14(day)
    return (day + k) % 2 === 0 ? 1 : -loss
  })
const hours = (trades: readonly TradeRow[]): Scene =>
  outcome({ trades, equity: days(520, () => 100), stepMs: HOUR_MS })

const LOST_AT_14 = hourly((day) => -4 - (day % 2), 0.9)
const WON_AT_14 = hourly(() => 20, 1.2)
const EVEN = hourly((day) => (day % 2 === 0 ? 1 : -0.9), 0.9)
const sumOf = (trades: readonly TradeRow[]): number => trades.reduce((sum, { pnl = 0 }) => sum + pnl, 0)

interface Pair {
  readonly fires: Scene
  readonly shows: string
  readonly value: number
  readonly limit: number
  readonly silent: Scene
}

const PAIRS: Readonly<Record<RecommendationCode, Pair>> = {
  NO_TRADES: {
    fires: run([QUIET, QUIET]),
    shows: 'No trade in 2 bars',
    value: 0,
    limit: 1,
    silent: run(trip(100, 101)),
  },
  LOW_SAMPLE: {
    fires: run(trip(100, 101)),
    shows: '1 trade in 0.0 days',
    value: 1,
    limit: 10,
    silent: run([QUIET, QUIET]),
  },
  ENTRIES_DENIED: {
    fires: run(trip(100, 101), {}, { minNotional: 200 }),
    shows: '1 × MIN_NOTIONAL',
    value: 1,
    limit: 0,
    silent: run(trip(100, 101)),
  },
  ACCOUNT_BLOWN: {
    fires: run(shorting, short),
    shows: 'bar 2',
    value: 0,
    limit: 0,
    silent: run(trip(100, 101)),
  },
  ONE_TRADE_MAKES_PROFIT: {
    fires: run([...trip(100, 120), ...trip(100, 95)]),
    shows: '20.00 of a profit of 15.00',
    value: 20 / 15,
    limit: 1,
    silent: run(trips(2, 100, 110)),
  },
  COSTS_EAT_EDGE: {
    fires: run(trip(100, 101), {}, { feeRate: 0.003 }),
    shows: '60.3 % of the profit before costs (50.0 % is the limit)',
    value: 0.603,
    limit: 0.5,
    silent: run(trip(100, 101), {}, { feeRate: 0.001 }),
  },
  BAND_WIDER_THAN_PROFIT: {
    fires: run(ambiguous, stopAndTarget, { path: 'best' }),
    shows: '1 bar decides over 8.00, more than the profit of 5.00',
    value: 8 / 5,
    limit: 1,
    silent: run(clear, stopAndTarget, { path: 'best' }),
  },
  BELOW_BUY_AND_HOLD: {
    fires: run([QUIET, QUIET, [150, 150, 150, 150]]),
    shows: 'returned 50.0 %, the strategy 0.0 %',
    value: 0,
    limit: 0.5,
    silent: run([QUIET, QUIET, [50, 50, 50, 50]]),
  },
  DEEP_DRAWDOWN: {
    fires: outcome({ metrics: { maxDrawdown: -0.5 } }),
    shows: 'fell by 50.0 % from a peak (30.0 % is the limit): it takes 100.0 % to come back',
    value: 0.5,
    limit: 0.3,
    silent: outcome({ metrics: { maxDrawdown: -0.3 } }),
  },
  UNSETTLED_ENTRIES: {
    // An EMA of 5 settles within 39 bars by what it publishes.
    fires: outcome({ strategy: FIVE, trades: tradesOf(12, 10, () => 1), equity: LONG }),
    shows: '4 trades were entered on signals before bar 39',
    value: 4,
    limit: 0,
    silent: outcome({ strategy: PLAIN, trades: tradesOf(12, 10, () => 1), equity: LONG }),
  },
  MANY_PARAMETERS: {
    fires: outcome({ strategy: FIVE, trades: tradesOf(49, 1, () => 1), equity: LONG }),
    shows: '49 trades for 5 numbers in the rules are 9.8 each',
    value: 9.8,
    limit: 10,
    silent: outcome({ strategy: FIVE, trades: tradesOf(50, 1, () => 1), equity: LONG }),
  },
  UNCERTAIN_SHARPE: {
    fires: outcome({ metrics: { sharpe: 0.7, psr: 0.81 } }),
    shows: 'Sharpe ratio of 0.70 is above zero with a probability of 81.0 % only',
    value: 0.81,
    limit: 0.95,
    silent: outcome({ metrics: { sharpe: 2.1, psr: 0.95 } }),
  },
  ONE_MONTH_MAKES_PROFIT: {
    fires: outcome({ equity: days(120, (day) => (day < 40 ? 100 : 150)) }),
    shows: '2024-02 alone grew the account by 50.0 %, 100.0 % of the growth of 4 months',
    value: 1,
    limit: 0.8,
    silent: outcome({ equity: growing(0.05) }),
  },
  ONE_HALF_MAKES_PROFIT: {
    fires: outcome({ equity: days(100, (day) => (day < 50 ? 100 + day : 149 - 0.1 * (day - 49))) }),
    shows: 'The second half of the time returned -3.',
    value: 144 / 149 - 1,
    limit: 0,
    silent: outcome({ equity: days(100, (day) => 100 + day) }),
  },
  LOSING_HOURS: {
    // 11 trades of -4 % and 10 of -5 %: mean -94/21 %, sample variance 11 * 10 / 21 / 20 of a squared percent.
    fires: hours(LOST_AT_14),
    shows:
      '21 trades entered from 14:00 to 14:59 UTC lost 94.00 (t = -40.1, beyond -3 luck is no explanation)',
    value: -(94 / 21) / Math.sqrt((11 * 10) / 21 / 20 / 21),
    limit: -3,
    silent: hours(EVEN),
  },
  ONE_HOUR_MAKES_PROFIT: {
    fires: hours(WON_AT_14),
    shows: '21 trades of 500 entered from 14:00 to 14:59 UTC made 420.00 of a profit of ',
    value: 420 / sumOf(WON_AT_14),
    limit: 1,
    silent: hours(EVEN),
  },
  HARDLY_INVESTED: {
    fires: outcome({ metrics: { exposureTime: 0.01 }, trades: tradesOf(12, 1, () => 1), equity: LONG }),
    shows: 'open for 1.0 % of the time',
    value: 0.01,
    limit: 0.02,
    silent: outcome({ metrics: { exposureTime: 0.02 }, trades: tradesOf(12, 1, () => 1), equity: LONG }),
  },
}

const deep = (levels: number): Rule => {
  let rule: Rule = { left: 'close', op: '>', right: 1 }
  for (let level = 0; level < levels; level++) rule = { not: rule }
  return rule
}

describe('recommend', () => {
  it('keeps quiet about hours where bars are too long to tell them apart, and about a few trades', () => {
    const daily = outcome({ trades: tradesOf(60, 7, () => -2), equity: days(430, () => 100) })
    expect(daily().map(({ code }) => code)).not.toContain('LOSING_HOURS')
    expect(hours(WON_AT_14.slice(0, 19))().map(({ code }) => code)).not.toContain('ONE_HOUR_MAKES_PROFIT')
  })

  it.each([
    ['days', DAY_MS, false],
    ['six hours', 6 * HOUR_MS, true],
  ])(
    'says whether one weekday makes the profit of trades on bars of %s: %s ms, %s',
    (_, stepMs, expected) => {
      const perDay = DAY_MS / stepMs
      const isSunday = (bar: number) => Math.floor(bar / perDay) % 7 === 6
      const trades = tradesOf(400, 1, (bar) => (isSunday(bar) ? 20 : bar % 2 === 0 ? 1 : -1.5))
      const advice = outcome({ trades, equity: days(410, () => 100), stepMs })()
      const found = advice.find(({ code }) => code === 'ONE_HOUR_MAKES_PROFIT')
      expect(found?.text.includes('entered on a Sunday (UTC) made') ?? false).toBe(expected)
    },
  )

  it.each([
    [0.9949, 'Fees and slippage take 99.0 % of the profit before costs (50.0 % is the limit).'],
    [
      1.0005,
      'Fees and slippage of 1.00 are more than the profit before costs of 0.00: nothing is left of it.',
    ],
  ])('weighs costs against the profit they leave: %d', (cost, text) => {
    // Bought at 100 and sold at 101, or at all but 100, for a fee on both.
    const gross = cost < 1 ? 1.005 : 0.0005
    const trades = [{ entryIndex: 0, exitIndex: 1, pnl: gross - cost, fees: cost }]
    const advice = outcome({ trades })().find(({ code }) => code === 'COSTS_EAT_EDGE')
    expect(advice?.text).toBe(text)
    expect(advice?.value).toBeCloseTo(cost / gross, 9)
  })

  it('says of a month that made more than all together what was left, not a share of nearly nothing', () => {
    const equity = days(120, (day) => (day < 40 ? 100 : day < 70 ? 150 : 100.001))
    const advice = outcome({ equity })().find(({ code }) => code === 'ONE_MONTH_MAKES_PROFIT')
    expect(advice?.text).toBe(
      '2024-02 alone grew the account by 50.0 %, more than all 4 months together (0.0 %): without it nothing is left.',
    )
    expect(advice?.value).toBeCloseTo(Math.log(1.5) / Math.log(1.00001), 6)
  })

  it('counts the numbers of rules that are deeper than the stack', () => {
    const strategy = { ...FIVE, entry: { long: deep(20_000) } }
    const scene = outcome({ strategy, trades: tradesOf(10, 1, () => 1), equity: LONG })
    const advice = scene().find(({ code }) => code === 'MANY_PARAMETERS')
    expect(advice?.text).toMatch(/^10 trades for \d numbers in the rules/)
  })

  it('names weekdays as well as hours', () => {
    const trades = tradesOf(400, 1, (k) => (k % 7 === 6 ? -5 - (k % 2) : k % 2 === 0 ? 1 : -0.9))
    const [sunday] = outcome({ trades, equity: days(410, () => 100) })().filter(
      ({ code }) => code === 'LOSING_HOURS',
    )
    expect(sunday?.text).toContain('57 trades entered on a Sunday (UTC) lost 313.00')
  })

  it.each(RECOMMENDATION_CODES)('gives %s with the number that triggered it, and not without', (code) => {
    const { fires, shows, value, limit, silent } = PAIRS[code]
    const fired = fires().find((advice) => advice.code === code)
    expect(fired?.text).toContain(shows)
    expect(fired?.value).toBeCloseTo(value, 9)
    expect(fired?.limit).toBe(limit)
    expect(silent().map((advice) => advice.code)).not.toContain(code)
  })
})
