import { PLAIN_CONFIG, runBars, SIGNAL, type Settings } from '@botcriptofy/testkit/bars'
import { expect, it } from 'vitest'
import { NO_RISK_LIMITS } from '../risk/index.ts'
import { toBacktestReport } from './index.ts'

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
