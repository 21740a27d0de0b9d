import { type BacktestConfig, PATH_MODES } from '@botcriptofy/engine/backtest'
import { seededRandom } from '@botcriptofy/engine/kernel'
import { allocateCandles, type Candles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import fc from 'fast-check'
import { codedStrategy } from './bars.ts'
import { PLAIN_CONFIG } from './run-bars.ts'

/** Prices on a coarse grid, so that levels, opens and extremes coincide often; gaps between bars are common. */
export const coarseCandles = (seed: number, bars: number): Candles => {
  const random = seededRandom(seed)
  const candles = allocateCandles(bars, { shared: false })
  let price = 40
  const step = (size: number) => Math.round((random() - 0.5) * size) / 2
  for (let bar = 0; bar < bars; bar++) {
    const open = Math.min(60, Math.max(20, price + step(random() < 0.3 ? 12 : 2)))
    const close = Math.min(60, Math.max(20, open + step(10)))
    candles.time[bar] = bar * 60_000
    candles.open[bar] = open
    candles.close[bar] = close
    candles.high[bar] = Math.max(open, close) + Math.abs(step(8))
    candles.low[bar] = Math.min(open, close) - Math.abs(step(8))
    candles.volume[bar] = Math.floor(random() * 12)
    price = close
  }
  return candles
}

const fraction = fc.constantFrom(0.025, 0.05, 0.1)
/** Strategies for `coarseCandles`: every direction, protection and sizing. */
export const strategyArbitrary: fc.Arbitrary<Strategy> = fc
  .record({
    direction: fc.constantFrom('long' as const, 'short' as const, 'both' as const),
    stopLoss: fc.option(fc.record({ fraction }), { nil: undefined }),
    takeProfit: fc.option(fc.record({ fraction }), { nil: undefined }),
    trailingStop: fc.option(
      fc.record({
        fraction: fc.constantFrom(0.001, 0.025, 0.05, 0.1),
        activationFraction: fc.constantFrom(undefined, 0, 0.025, 0.05),
      }),
      { nil: undefined },
    ),
    sizing: fc.constantFrom(
      { kind: 'equityFraction' as const, value: 0.5 },
      { kind: 'units' as const, value: 3 },
      { kind: 'quote' as const, value: 250 },
      { kind: 'riskFraction' as const, value: 0.01 },
    ),
  })
  .map(({ sizing, ...parts }) => {
    const needsStop = sizing.kind === 'riskFraction' && parts.stopLoss === undefined
    return codedStrategy({ ...parts, sizing: needsStop ? { kind: 'units', value: 2 } : sizing })
  })

/** Configurations for them, on a capital that survives the bars. */
export const configArbitrary: fc.Arbitrary<BacktestConfig> = fc
  .record({
    path: fc.constantFrom(...PATH_MODES),
    limitTouch: fc.constantFrom('through' as const, 'touch' as const),
    protectFrom: fc.constantFrom('fill_price' as const, 'signal_close' as const),
    limitGap: fc.constantFrom('at_limit' as const, 'at_open' as const),
    endOfData: fc.constantFrom('last_close' as const, 'last_open' as const, 'leave_open' as const),
    priceTick: fc.constantFrom(null, 0.25, 0.5, 1),
    quantityStep: fc.constantFrom(1, 0.125),
    feeRate: fc.constantFrom(0, 0.001),
    slippageRate: fc.constantFrom(0, 0.0005, 0.01),
    signalsFromBar: fc.constantFrom(0, 7),
  })
  .map((parts) => ({ ...PLAIN_CONFIG, ...parts }))
