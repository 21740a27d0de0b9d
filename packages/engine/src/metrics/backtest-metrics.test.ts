import { tradeLogOf, type TradeRow } from '@botcriptofy/testkit/trades'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtestMetrics } from './backtest-metrics.ts'
import { DAY_MS } from './daily.ts'
import { METRIC_KEYS, type MetricKey } from './keys.ts'
import { METRIC_REASON_CODES } from './reasons.ts'

interface Case {
  readonly close: readonly number[]
  readonly equity: readonly number[]
  readonly trades?: readonly TradeRow[]
  readonly firstTradableBar?: number
  readonly stepMs?: number
  readonly riskFreeRate?: number
  readonly openEntryIndex?: number
  readonly initialCapital?: number
}

/** Bars whose open is the close before; the first opens at its own close. */
const measure = ({ close, equity, trades = [], stepMs = DAY_MS, firstTradableBar = 0, ...rest }: Case) => {
  const closes = Float64Array.from(close)
  const opens = Float64Array.from(close, (value, i) => close[i - 1] ?? value)
  return backtestMetrics({
    candles: {
      time: Float64Array.from(close, (_, i) => i * stepMs),
      open: opens,
      high: closes,
      low: closes,
      close: closes,
      volume: new Float64Array(close.length),
    },
    equity: Float64Array.from(equity),
    trades: tradeLogOf(trades),
    initialCapital: rest.initialCapital ?? 100,
    firstTradableBar,
    riskFreeRate: rest.riskFreeRate ?? 0,
    periodsPerYear: 365,
    ...(rest.openEntryIndex === undefined ? {} : { openEntryIndex: rest.openEntryIndex }),
  })
}

describe('backtestMetrics', () => {
  it('answers with every key of the contract in its order', () => {
    const { metrics, metricReasons } = measure({ close: [1, 2, 3], equity: [100, 101, 99] })
    expect(Object.keys(metrics)).toEqual([...METRIC_KEYS])
    for (const key of METRIC_KEYS) expect(metrics[key] === null).toBe(key in metricReasons)
  })

  it('starts the days with the initial capital', () => {
    const { metrics } = measure({ close: [1, 1, 1], equity: [110, 110, 121] })
    expect(metrics.totalReturn).toBeCloseTo(0.21, 14)
    // Returns 0.1, 0, 0.1; two days between the first and the last bar.
    expect(metrics.volatilityAnn).toBeCloseTo(Math.sqrt((0.02 / 3 / 2) * 365), 12)
    expect((metrics.cagr ?? 0) / (1.21 ** (365 / 2) - 1)).toBeCloseTo(1, 12)
  })

  it('leaves warm-up out', () => {
    const warm = measure({ close: [7, 9, 4, 5, 6], equity: [100, 100, 110, 99, 120], firstTradableBar: 2 })
    const trimmed = measure({ close: [9, 4, 5, 6].slice(1), equity: [110, 99, 120] })
    // The first open differs: the warm case opens its first tradable bar at the close before.
    expect(warm.metrics.buyAndHold).toBeCloseTo(6 / 9 - 1, 14)
    for (const key of ['totalReturn', 'cagr', 'sharpe', 'maxDrawdown', 'maxDrawdownDurationMs'] as const) {
      expect(warm.metrics[key]).toBe(trimmed.metrics[key])
    }
  })

  it('takes the last equity of each day but the drawdown of every bar', () => {
    const { metrics } = measure({
      close: [1, 1, 1, 1],
      equity: [50, 100, 100, 110],
      stepMs: DAY_MS / 2,
    })
    expect(metrics.maxDrawdown).toBe(-0.5)
    expect(metrics.ulcerIndex).toBe(0)
    expect(metrics.volatilityAnn).toBeCloseTo(Math.sqrt(0.005 * 365), 13)
  })

  it('compares with buying the first open and holding to the last close', () => {
    const { metrics } = measure({ close: [100, 110, 99, 108.9], equity: [100, 105, 99.75, 104.7375] })
    // Days of the market 0, 0.1, -0.1, 0.1 and of the strategy 0, 0.05, -0.05, 0.05.
    expect(metrics.buyAndHold).toBeCloseTo(0.089, 12)
    expect(metrics.beta).toBeCloseTo(0.5, 12)
    expect(metrics.alphaAnn).toBeCloseTo(0, 12)
  })

  it('relates traded notional to mean equity and years', () => {
    const equity = Array.from({ length: 366 }, () => 200)
    const { metrics } = measure({
      close: equity,
      equity,
      trades: [{ quantity: 3, entryPrice: 100, exitPrice: 100 }],
    })
    expect(metrics.turnover).toBeCloseTo(3, 12)
  })

  it('counts an open position as exposure', () => {
    const { metrics } = measure({
      close: [1, 2, 3, 4, 5],
      equity: [100, 100, 100, 100, 100],
      openEntryIndex: 1,
    })
    expect(metrics.exposureTime).toBe(0.75)
  })

  it('ends with the account: -100 %, no ratios, and nothing after it', () => {
    const days = 40
    const equity = Array.from({ length: days }, (_, i) => (i < 30 ? 100 + (i % 3) : i === 30 ? -5 : 500))
    const close = Array.from({ length: days }, (_, i) => 100 + i)
    const { metrics, metricReasons } = measure({ close, equity, trades: [{ pnl: -105 }] })
    expect(metrics).toMatchObject({
      totalReturn: -1,
      cagr: -1,
      maxDrawdown: -1,
      maxDrawdownAbs: 102,
      expectancy: -105,
    })
    for (const key of ['sharpe', 'sortino', 'calmar', 'martin', 'psr', 'beta', 'recoveryFactor'] as const) {
      expect(metrics[key]).toBeNull()
      expect(metricReasons[key]).toBe('BLOWN_ACCOUNT')
    }
  })

  it('refuses equity of another length and equity that is not a number', () => {
    expect(() => measure({ close: [1, 2], equity: [100] })).toThrow('1 rows for 2 bars')
    expect(() => measure({ close: [1, 2], equity: [100, Number.NaN] })).toThrow('row 1 is not a number')
  })
})

describe('reason codes', () => {
  const rising = Array.from({ length: 40 }, (_, i) => 100 + i)
  const flat = Array.from({ length: 40 }, () => 100)
  const quiet = Array.from({ length: 40 }, (_, i) => (i === 20 ? 99 : 100))
  const cases: readonly (readonly [string, MetricKey, Case])[] = [
    ['NO_TRADES', 'winRate', { close: rising, equity: rising }],
    ['NO_WINS', 'payoffRatio', { close: rising, equity: rising, trades: [{ pnl: -1 }] }],
    ['NO_LOSSES', 'profitFactor', { close: rising, equity: rising, trades: [{ pnl: 1 }] }],
    ['TOO_FEW_TRADES', 'sqn', { close: rising, equity: rising, trades: [{ pnl: 1 }] }],
    ['TOO_FEW_DAYS', 'var95', { close: [1, 2], equity: [100, 101] }],
    ['TOO_FEW_DAYS', 'cagr', { close: [1, 2], equity: [100, 101], stepMs: 1000 }],
    ['NO_NEGATIVE_RETURNS', 'omega', { close: rising, equity: rising }],
    ['ZERO_VARIANCE', 'sharpe', { close: rising, equity: flat }],
    ['ZERO_VARIANCE', 'beta', { close: flat, equity: rising }],
    ['ZERO_TAIL', 'tailRatio', { close: rising, equity: quiet }],
    ['NO_DRAWDOWN', 'calmar', { close: rising, equity: rising }],
    ['NO_DRAWDOWN', 'martin', { close: rising, equity: rising }],
    ['BLOWN_ACCOUNT', 'sharpe', { close: [1, 2], equity: [100, 0] }],
    ['TOTAL_LOSS_TRADE', 'avgTradePct', { close: rising, equity: rising, trades: [{ returnFraction: -1 }] }],
    ['NO_BARS', 'buyAndHold', { close: [1, 2], equity: [100, 100], firstTradableBar: 5 }],
    ['NOT_FINITE', 'cagr', { close: [1, 2], equity: [100, 1e6] }],
  ]

  it.each(cases)('%s for %s', (code, key, input) => {
    const { metrics, metricReasons } = measure(input)
    expect(metrics[key]).toBeNull()
    expect(metricReasons[key]).toBe(code)
  })

  it('are all reachable', () => {
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(METRIC_REASON_CODES))
  })
})

describe('for any run', () => {
  const money = fc.double({ min: 1, max: 1e6, noNaN: true })
  const runs = fc
    .array(fc.record({ close: money, equity: money, pnl: fc.double({ min: -50, max: 50, noNaN: true }) }), {
      minLength: 2,
      maxLength: 80,
    })
    .map((rows) => ({
      close: rows.map((row) => row.close),
      equity: rows.map((row) => row.equity),
      trades: rows.map(({ pnl }, i): TradeRow => ({ entryIndex: Math.max(0, i - 1), exitIndex: i, pnl })),
    }))
  const assertFor = (check: (run: Case) => void) =>
    fc.assert(fc.property(runs, check), { seed: 20_240_501, numRuns: 200 })

  it('no metric is NaN or infinite', () => {
    assertFor((run) => {
      for (const value of Object.values(measure(run).metrics)) {
        expect(value === null || Number.isFinite(value)).toBe(true)
      }
    })
  })

  it('ratios do not depend on the unit of money', () => {
    const unitless: readonly MetricKey[] = [
      'sharpe',
      'sortino',
      'maxDrawdown',
      'ulcerIndex',
      'stability',
      'psr',
      'skew',
    ]
    assertFor((run) => {
      const once = measure(run).metrics
      // A power of two scales without rounding.
      const equity = run.equity.map((value) => value * 1024)
      const scaled = measure({ ...run, equity, initialCapital: 102_400 }).metrics
      for (const key of unitless) expect(scaled[key]).toBe(once[key])
      expect(scaled.maxDrawdownAbs).toBe((once.maxDrawdownAbs ?? 0) * 1024)
    })
  })

  it('gain-to-pain is omega less one and drawdowns lie in [-1, 0]', () => {
    assertFor((run) => {
      const { metrics } = measure(run)
      expect(metrics.gainToPain ?? 0).toBeCloseTo((metrics.omega ?? 1) - 1, 6)
      expect(metrics.maxDrawdown).toBeLessThanOrEqual(metrics.avgDrawdown ?? 0)
      expect(metrics.maxDrawdown).toBeGreaterThanOrEqual(-1)
      expect(metrics.exposureTime).toBeLessThanOrEqual(1)
    })
  })

  it('counts add up and reversing the trades changes no count', () => {
    assertFor((run) => {
      const { metrics } = measure(run)
      const back = measure({ ...run, trades: [...(run.trades ?? [])].reverse() }).metrics
      expect((metrics.wins ?? 0) + (metrics.losses ?? 0) + (metrics.breakeven ?? 0)).toBe(metrics.trades)
      expect([back.wins, back.losses, back.maxConsecutiveWins]).toEqual([
        metrics.wins,
        metrics.losses,
        metrics.maxConsecutiveWins,
      ])
    })
  })
})
