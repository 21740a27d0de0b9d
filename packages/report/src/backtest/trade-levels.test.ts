import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, type BacktestRunOptions, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import { tradeLevels } from './trade-levels.ts'

const candles = generateCandles({
  seed: 42,
  bars: 6000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2022, 0, 1),
  startPrice: 100,
})
const BOTH = {
  ...SMA_CROSS,
  direction: 'both',
  entry: {
    long: { left: 'fast', op: 'crosses_above', right: 'slow' },
    short: { left: 'fast', op: 'crosses_below', right: 'slow' },
  },
  exit: {},
} as const

const runOf = (options: Omit<BacktestRunOptions, 'candles'>) => ({
  ...backtestRun({ candles, strategy: BOTH, ...options }),
  market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
  dataset: { digest: 'd', simulated: true, seed: 42 },
})

describe('the levels of a trade', () => {
  it.each([
    ['from the fill', { slippageRate: 0 }],
    ['from the close of the signal', { slippageRate: 0, protectFrom: 'signal_close' }],
    ['on the ticks of the market', { slippageRate: 0, priceTick: 0.05 }],
  ] as const)('are, measured %s, where the engine filled stops and targets', (_, config) => {
    const data = runOf({ config })
    const levelsOf = tradeLevels(data)
    const { trades } = data.result
    const stopped = trades.filter(({ exitReason, gap }) => exitReason === 'stop_loss' && gap !== true)
    const gained = trades.filter(({ exitReason, gap }) => exitReason === 'take_profit' && gap !== true)
    expect(new Set([...stopped, ...gained].map(({ side }) => side)).size).toBe(2)
    expect(Math.min(stopped.length, gained.length)).toBeGreaterThan(5)
    for (const trade of stopped) expect(levelsOf(trade).stop / trade.exitPrice).toBeCloseTo(1, 9)
    for (const trade of gained) expect(levelsOf(trade).target / trade.exitPrice).toBeCloseTo(1, 9)
  })

  it('are not drawn where there are none, or where they move with further fills', () => {
    const { stopLoss: _, ...plain } = BOTH
    const [first] = runOf({}).result.trades
    if (first === undefined) throw new Error('expected a trade')
    expect(tradeLevels(runOf({ strategy: plain }))(first).stop).toBeNaN()
    const scaled = { ...runOf({}), strategy: { ...BOTH, scaleOut: [{ fraction: 0.02, share: 0.5 }] } }
    expect(tradeLevels(scaled)(first)).toEqual({ stop: Number.NaN, target: Number.NaN })
  })
})
