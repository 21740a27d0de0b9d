import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, type BacktestRunOptions, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import { decode } from '../page/decode.fixture.ts'
import { levelSteps, packLevels, tradeLevels } from './trade-levels.ts'

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

describe('the level steps of a page', () => {
  const TRAILED = {
    ...BOTH,
    sizing: { kind: 'equityFraction', value: 0.4 },
    trailingStop: { fraction: 0.03 },
    scaleIn: [{ fraction: 0.006, size: 1 }],
    scaleOut: [{ fraction: 0.03, share: 0.5 }],
  } as const
  const data = runOf({ strategy: TRAILED })
  const { trades } = data.result
  const read = (packed: ReturnType<typeof packLevels>) => decode.levelsOf(packed)

  it('come back as the run noted them', () => {
    const steps = levelSteps(data, trades.length)
    expect(read(packLevels(data, trades.length))).toEqual(
      steps.map((levels, row) =>
        levels.map((each) =>
          each.map(([timeMs, price]) => [(timeMs - trades[row]!.entryTime) / 1000, Math.fround(price)]),
        ),
      ),
    )
    expect(steps.some(([stop]) => stop.length > 1)).toBe(true)
    expect(steps.some(([, , trail]) => trail.length > 5)).toBe(true)
    for (const [row, [stop, target]] of steps.entries()) {
      const { entryIndex, exitIndex } = trades[row]!
      if (exitIndex > entryIndex) expect(Math.min(stop.length, target.length)).toBeGreaterThan(0)
    }
  })

  it('follow from the fill where the run noted none', () => {
    const old = { ...runOf({}), detail: { ...runOf({}).detail, levels: null } }
    const levelsOf = tradeLevels(old)
    const first = old.result.trades[0]!
    const { stop, target } = levelsOf(first)
    expect(levelSteps(old, 1)).toEqual([[[[first.entryTime, stop]], [[first.entryTime, target]], []]])
  })

  it('are thinned to a size that a page can hold, with the last step of each kept', () => {
    const each = 400
    const count = trades.length
    const levels = {
      counts: Int32Array.from({ length: count * 3 }, (_, at) => (at % 3 === 2 ? each : 0)),
      bars: Int32Array.from({ length: count * each }, (_, at) =>
        Math.min(candles.time.length - 1, trades[Math.floor(at / each)]!.entryIndex + (at % each)),
      ),
      prices: Float64Array.from({ length: count * each }, (_, at) => at % each),
    }
    const packed = packLevels({ ...data, detail: { ...data.detail, levels } }, count)
    const kept = read(packed).map(([, , trail]) => trail!)
    expect(kept.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(12_000)
    expect(kept.every((steps) => steps.at(-1)?.[1] === each - 1 && steps.length > 10)).toBe(true)
  })
})
