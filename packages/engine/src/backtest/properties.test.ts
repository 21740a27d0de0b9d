import {
  coarseCandles,
  configArbitrary,
  PLAIN_CONFIG,
  programOf,
  strategyArbitrary,
} from '@botcriptofy/testkit/bars'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candles, sliceCandles } from '../market/index.ts'
import { createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { type BacktestConfig, PATH_MODES } from '../paper/index.ts'
import { runBacktest } from './run-backtest.ts'
import { tradeRows } from './trade-rows.ts'

const BARS = 80
const LIMIT_MS = 60_000

interface Scene {
  readonly candles: Candles
  readonly strategy: Strategy
  readonly config: BacktestConfig
}

const run = ({ candles, strategy, config }: Scene) => {
  const result = runBacktest({ program: programOf(strategy), series: createSeriesColumns(candles), config })
  return { ...result, rows: tradeRows(result.trades, candles) }
}

const sceneArbitrary: fc.Arbitrary<Scene> = fc
  .record({ seed: fc.integer(), strategy: strategyArbitrary, config: configArbitrary })
  .map(({ seed, ...scene }) => ({ ...scene, candles: coarseCandles(seed, BARS) }))

/** One unit on a capital that covers every loss, so that what is traded does not depend on what was earned. */
const fixedSize = (scene: Scene): Scene => ({
  ...scene,
  strategy: { ...scene.strategy, sizing: { kind: 'units', value: 1 } },
  config: { ...scene.config, initialCapital: 100_000 },
})

const holds = (check: (scene: Scene) => void, numRuns = 200): void => {
  fc.assert(fc.property(sceneArbitrary, check), { seed: 11, numRuns })
}

describe('a backtest', () => {
  it(
    'is the same when it is run again',
    () => {
      holds((scene) => {
        expect(run(scene)).toEqual(run(scene))
      })
    },
    LIMIT_MS,
  )

  it(
    'keeps equity = capital + closed profit + the mark of the open trade - its entry fee',
    () => {
      holds((scene) => {
        const { rows, equity } = run({ ...scene, config: { ...scene.config, endOfData: 'last_close' } })
        const { initialCapital, feeRate } = scene.config
        equity.forEach((value, bar) => {
          const expected = rows.reduce((sum, trade) => {
            if (trade.exitIndex <= bar) return sum + trade.pnl
            if (trade.entryIndex > bar) return sum
            const sign = trade.side === 'long' ? 1 : -1
            const { quantity, entryPrice } = trade
            const gain = sign * quantity * (scene.candles.close[bar]! - entryPrice)
            return sum + gain - feeRate * quantity * entryPrice
          }, initialCapital)
          expect(Math.abs(value - expected)).toBeLessThan(1e-9 * initialCapital)
        })
      })
    },
    LIMIT_MS,
  )

  it(
    'does not look ahead: cutting the data leaves the fills before the cut as they were',
    () => {
      holds((scene) => {
        const open: Scene = { ...scene, config: { ...scene.config, endOfData: 'leave_open' } }
        const whole = run(open)
        for (const bars of [1, 20, 50, BARS - 1]) {
          const cut = run({ ...open, candles: sliceCandles(scene.candles, 0, bars) })
          expect(cut.rows).toEqual(whole.rows.filter(({ exitIndex }) => exitIndex < bars))
          expect([...cut.equity]).toEqual([...whole.equity.subarray(0, bars)])
          expect(run({ ...open, config: { ...open.config, rows: bars } }).rows).toEqual(cut.rows)
        }
      }, 100)
    },
    LIMIT_MS,
  )

  it(
    'does not depend on the clock',
    () => {
      holds((scene) => {
        const shifted = { ...scene.candles, time: scene.candles.time.map((time) => time + 86_400_000) }
        const { equity, rows } = run({ ...scene, candles: shifted })
        const original = run(scene)
        expect([...equity]).toEqual([...original.equity])
        const back = rows.map((trade) => ({
          ...trade,
          entryTime: trade.entryTime - 86_400_000,
          exitTime: trade.exitTime - 86_400_000,
        }))
        expect(back).toEqual(original.rows)
      })
    },
    LIMIT_MS,
  )

  it(
    'never gains by a higher fee',
    () => {
      holds((scene) => {
        const fixed = fixedSize(scene)
        const cheap = run(fixed)
        const dear = run({ ...fixed, config: { ...fixed.config, feeRate: fixed.config.feeRate + 0.002 } })
        // The fee decides which path is worse, so only modes that do not weigh them keep the list of trades.
        if (fixed.config.path === 'worst' || fixed.config.path === 'best') return
        expect(dear.rows.map(({ exitPrice }) => exitPrice)).toEqual(
          cheap.rows.map(({ exitPrice }) => exitPrice),
        )
        dear.equity.forEach((value, bar) => expect(value).toBeLessThanOrEqual(cheap.equity[bar]!))
      })
    },
    LIMIT_MS,
  )

  it(
    'lies between its worst and its best for fixed stop and target',
    () => {
      holds((scene) => {
        const fixed = fixedSize(scene)
        const { trailingStop: _, ...strategy } = fixed.strategy
        const finals = PATH_MODES.map((path) =>
          run({ ...fixed, strategy, config: { ...fixed.config, path } }),
        )
        const { worst, best } = finals[0]!.band
        for (const { finalEquity, band } of finals) {
          expect(band).toEqual(finals[0]!.band)
          expect(finalEquity).toBeGreaterThanOrEqual(worst - 1e-6)
          expect(finalEquity).toBeLessThanOrEqual(best + 1e-6)
        }
      })
    },
    LIMIT_MS,
  )

  it(
    'fills inside the bar, but for slippage, ticks and a target at its limit',
    () => {
      holds((scene) => {
        const config: BacktestConfig = { ...scene.config, slippageRate: 0, priceTick: null }
        const { rows } = run({ ...scene, config })
        const { low, high } = scene.candles
        for (const trade of rows) {
          expect(trade.entryPrice).toBe(scene.candles.open[trade.entryIndex])
          if (trade.exitReason === 'take_profit' && trade.gap === true) continue
          expect(trade.exitPrice).toBeGreaterThanOrEqual(low[trade.exitIndex]!)
          expect(trade.exitPrice).toBeLessThanOrEqual(high[trade.exitIndex]!)
        }
      })
    },
    LIMIT_MS,
  )

  it(
    'takes the worse of two ways through every bar: no trailing stop gains by it',
    () => {
      holds((scene) => {
        const config: BacktestConfig = { ...PLAIN_CONFIG, initialCapital: 100_000, path: 'worst' }
        const strategy: Strategy = { ...scene.strategy, sizing: { kind: 'units', value: 1 } }
        const first = run({ candles: scene.candles, strategy, config }).rows[0]
        // Up to the first exit every mode starts from equal state, bar by bar.
        for (const path of ['ohlc', 'olhc', 'adaptive'] as const) {
          const other = run({ candles: scene.candles, strategy, config: { ...config, path } }).rows[0]
          if (first === undefined || other?.exitIndex !== first.exitIndex) continue
          expect(first.pnl).toBeLessThanOrEqual(other.pnl)
        }
      })
    },
    LIMIT_MS,
  )
})
