import { PLAIN_CONFIG, runBars, SIGNAL, type Settings } from '@botcriptofy/testkit/bars'
import { parityOf, type RandomRun } from '@botcriptofy/testkit/random-run'
import { expect, it } from 'vitest'
import { generateCandles } from '../market/index.ts'
import { NO_RISK_LIMITS } from '../risk/index.ts'
import { compileStrategy, createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { createSweepRunner, runBacktest, toBacktestReport } from './index.ts'

const BARS = [SIGNAL.buy, SIGNAL.leaveLong, SIGNAL.buy, SIGNAL.buy, 0, 0].map(
  (signal) => [100, 100, 100, 100, signal] as const,
)
const resting = { ...NO_RISK_LIMITS, cooldownBars: 1 }

/** Entries at bars 1 and 3, or 4 where the first of them had to rest. */
it.each<readonly [settings: Settings, text: string | undefined]>([
  [{}, undefined],
  [{ risk: NO_RISK_LIMITS }, undefined],
  [{ risk: resting }, 'Entries were refused (1 × COOLDOWN): the risk limits kept them out.'],
  [
    { risk: { ...resting, maxExposureFraction: 0.05 } },
    'Entries were refused (3 × MAX_EXPOSURE): the risk limits kept them out.',
  ],
  [
    { initialCapital: 99 },
    'Entries were refused (3 × INSUFFICIENT_CASH): check sizing, step and minimum notional against the capital.',
  ],
])('with %j the report says %j', (settings, text) => {
  const { candles, result } = runBars(BARS, {}, settings)
  const config = { ...PLAIN_CONFIG, ...settings }
  const report = toBacktestReport({ result, candles, config, sha256: (trades) => trades, withEquity: false })
  expect(report.recommendations.find(({ code }) => code === 'ENTRIES_DENIED')?.text).toBe(text)
})

const EITHER_WAY: Strategy = {
  name: 'either way',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'sma', params: { period: 2 } },
    slow: { type: 'sma', params: { period: 3 } },
  },
  entry: {
    long: { left: 'fast', op: '>', right: 'slow' },
    short: { left: 'fast', op: '<=', right: 'slow' },
  },
  sizing: { kind: 'equityFraction', value: 1 },
}

it('an entry at a price of 0 with no cash left is refused for its quantity, in every loop', () => {
  const barMs = 3_600_000
  const candles = generateCandles({ seed: 3, bars: 200, startMs: 0, timeframeMs: barMs, startPrice: 100 })
  const compiled = compileStrategy(EITHER_WAY, { barMs })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  // Buys are rounded up to the tick of 1e9 and take all of the cash; sells are rounded down to nothing.
  const config = { ...PLAIN_CONFIG, initialCapital: 10_000, priceTick: 1e9 }
  const run: RandomRun = {
    series: { candles, barMs, tick: 1e9 },
    strategy: EITHER_WAY,
    program: compiled.value,
    config,
  }
  const { program } = run
  const result = runBacktest({ program, series: createSeriesColumns(candles), config })
  expect(result.denied.ZERO_QUANTITY).toBeGreaterThan(0)
  expect([result.trades.length, result.blownAtBar]).not.toEqual([0, null])
  expect(parityOf(run).differences).toEqual([])
  const swept = createSweepRunner(createSeriesColumns(candles), config).run(program)
  expect([swept.denied, swept.blownAtBar]).toEqual([result.denied, result.blownAtBar])
})
