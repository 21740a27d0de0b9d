import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import { NO_RISK_LIMITS } from '@botcriptofy/engine/risk'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { coarseCandles } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { createTaskComputer } from './compute-task.ts'
import type { BacktestOutcome, BacktestTask } from './task.ts'

const STEP_MS = 2 * 3_600_000
const BARS = 1_320
const PRICES = ['open', 'high', 'low', 'close'] as const

/** 110 days by two hours from the middle of a day on; prices are doubled in their second half. */
const candlesOf = (seed: number): Candles => {
  const candles = coarseCandles(seed, BARS)
  for (const name of PRICES) for (let bar = BARS / 2; bar < BARS; bar++) candles[name][bar]! *= 2
  return { ...candles, time: candles.time.map((_, bar) => Date.UTC(2023, 2, 5, 17) + bar * STEP_MS) }
}

const CROSS: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'ema', params: { period: 4 } },
    slow: { type: 'sma', params: { period: 15 } },
  },
  entry: { long: { left: 'fast', op: 'crosses_above', right: 'slow' } },
  exit: { long: { left: 'fast', op: 'crosses_below', right: 'slow' } },
  sizing: { kind: 'equityFraction', value: 0.5 },
}
const turned = { left: 'fast', op: 'crosses_below', right: 'slow' } as const
const SHORT: Strategy = { ...CROSS, direction: 'short', entry: { short: turned }, exit: {} }
const BOTH: Strategy = { ...CROSS, direction: 'both', entry: { ...CROSS.entry, short: turned } }
const LOW: Strategy = { ...CROSS, entry: { long: { left: 'close', op: '<', right: 30 } } }
const NEVER: Strategy = { ...CROSS, entry: { long: { left: 'close', op: '<', right: 0 } } }
const leave = (right: number) => ({ long: { left: 'close', op: '>', right } as const })
const levels = { stopLoss: { fraction: 0.05 }, takeProfit: { fraction: 0.1 } }
const trailingStop = { fraction: 0.06, activationFraction: 0.02 }

type Row = readonly [name: string, strategy: Strategy, config?: Partial<BacktestConfig>]

const ROWS: readonly Row[] = [
  ['long trades', CROSS],
  ['long trades that win', { ...LOW, exit: leave(45) }, { feeRate: 0 }],
  ['trades with stop and target', { ...CROSS, ...levels }],
  ['trades with stop and target by the best path', { ...CROSS, ...levels }, { path: 'best' }],
  ['trailing stops', { ...CROSS, trailingStop }],
  ['short trades', { ...SHORT, ...levels }],
  ['reversals', BOTH, { slippageRate: 0.002, feeRate: 0 }],
  ['a blown account', { ...SHORT, sizing: { kind: 'equityFraction', value: 1 } }],
  ['no trade', NEVER],
  ['a position that stays open', { ...LOW, exit: {} }, { endOfData: 'leave_open' }],
  ['entries refused', CROSS, { minNotional: 1e6 }],
  ['part of the rows', CROSS, { rows: 700, signalsFromBar: 100 }],
  ['less rows than the warm-up', CROSS, { rows: 9 }],
  [
    'longer bars',
    {
      ...CROSS,
      indicators: { ...CROSS.indicators, slow: { type: 'sma', params: { period: 3 }, timeframe: '4h' } },
    },
  ],
  [
    'limit entries',
    { ...CROSS, entryOrder: { kind: 'limit', limit: { offsetFraction: 0.02 }, expireBars: 5 } },
  ],
  [
    'scaling in and out',
    {
      ...CROSS,
      sizing: { kind: 'quote', value: 900 },
      scaleIn: [{ fraction: 0.03, size: 1 }],
      scaleOut: [{ fraction: 0.05, share: 0.5 }],
    },
  ],
  ['margin with funding', { ...BOTH, ...levels }, { leverage: 3, fundingRate: 0.0001 }],
  ['risk limits', CROSS, { risk: { ...NO_RISK_LIMITS, cooldownBars: 24 } }],
]

const taskOf = (seed: number, [, strategy, config]: Row): BacktestTask => ({
  datasetDigest: `coarse ${seed}`,
  candles: candlesOf(seed),
  runs: [{ strategy, config: { ...DEFAULT_BACKTEST_CONFIG, ...config } }],
  indicatorDigests: {},
  wanted: 'single',
})

/** Of its only run. */
const computeTask = (compute: ReturnType<typeof createTaskComputer>, task: BacktestTask) =>
  compute(task, task.runs[0]!)

const computedOf = (outcome: BacktestOutcome) => {
  if (outcome.kind === 'invalid') throw new Error(outcome.detail)
  const { result } = outcome
  const { computeMs: _time, analysis: _analysis, detail: _detail, ...numbers } = result
  return numbers
}

const SEEDS = [1, 2]
/** Single backtests are checked for look-ahead as well. */
const SLOW = { timeout: 60_000 }

describe('a run of a sweep', () => {
  const cases = ROWS.map((row) => ({ name: row[0], row }))
  it.each(cases)('has every number of a single backtest: $name', SLOW, ({ row }) => {
    const ordinary = createTaskComputer()
    const sweep = createTaskComputer()
    for (const seed of SEEDS) {
      const task = taskOf(seed, row)
      const single = computedOf(computeTask(ordinary, task))
      // The runs before it leave nothing behind in what the thread keeps.
      const kept = computedOf(computeTask(sweep, { ...task, wanted: 'series' }))
      const unkept = computedOf(computeTask(sweep, { ...task, wanted: 'numbers' }))
      expect(kept).toStrictEqual(single)
      expect(unkept).toStrictEqual({ ...single, blobs: null })
    }
  })
  it('is that of its own candles and configuration, whatever ran before it', () => {
    const sweep = createTaskComputer()
    const tasks = SEEDS.flatMap((seed) =>
      [ROWS[0]!, ROWS[1]!].map((row) => ({ ...taskOf(seed, row), wanted: 'numbers' as const })),
    )
    const alone = tasks.map((task) => computedOf(computeTask(createTaskComputer(), task)))
    expect(new Set(alone.map(({ tradesSha256 }) => tradesSha256)).size).toBe(tasks.length)
    for (const index of [0, 1, 0, 2, 3, 1, 1, 2, 0]) {
      expect(computedOf(computeTask(sweep, tasks[index]!))).toStrictEqual(alone[index])
    }
  })

  it('is refused where its parameters are impossible', () => {
    const indicators = { ...CROSS.indicators, fast: { type: 'ema', params: { period: 0 } } }
    const task = { ...taskOf(1, ['', { ...CROSS, indicators }]), wanted: 'series' as const }
    expect(computeTask(createTaskComputer(), task)).toMatchObject({
      kind: 'invalid',
      code: 'INVALID_STRATEGY',
      detail: expect.stringContaining('indicators.fast.params.period'),
    })
  })
})

describe('the runs compared', () => {
  it('set off what is advised by days, by trades and by refusals', SLOW, () => {
    const compute = createTaskComputer()
    const results = ROWS.map((row) => computedOf(computeTask(compute, taskOf(1, row))))
    const codes = new Set(results.flatMap(({ recommendations }) => recommendations.map(({ code }) => code)))
    expect([...codes]).toEqual(
      expect.arrayContaining([
        'NO_TRADES',
        'ENTRIES_DENIED',
        'ACCOUNT_BLOWN',
        'ONE_TRADE_MAKES_PROFIT',
        'ONE_MONTH_MAKES_PROFIT',
        'ONE_HALF_MAKES_PROFIT',
        'LOSING_HOURS',
      ]),
    )
  })
})
