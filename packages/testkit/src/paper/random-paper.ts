import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { type Random, seededRandom } from '@botcriptofy/engine/kernel'
import type { Effect, OrderPrices } from '@botcriptofy/engine/orders'
import type { BarPrices, Protection } from '@botcriptofy/engine/paper'
import fc from 'fast-check'
import { coarseCandles, configArbitrary, strategyArbitrary } from '../bars/index.ts'
import { barsOf, type Core, enterEffect, type PaperDrive } from './drive-paper.ts'

const MINUTE = 60_000

const accountArbitrary: fc.Arbitrary<Partial<BacktestConfig>> = fc.record({
  initialCapital: fc.constantFrom(1000, 100_000),
  makerFeeRate: fc.constantFrom(null, 0, 0.0004),
  participation: fc.constantFrom(null, null, 0.5, 1),
  remainder: fc.constantFrom('rest' as const, 'drop' as const),
  latencyBars: fc.constantFrom(0, 0, 1, 2),
  leverage: fc.constantFrom(null, null, 1, 3, 20),
  fundingRate: fc.constantFrom(0, 0.0005, -0.002),
  fundingIntervalMs: fc.constantFrom(MINUTE, 5 * MINUTE),
})

const scaleArbitrary: fc.Arbitrary<Pick<Protection, 'scaleIn' | 'scaleOut'>> = fc.record({
  scaleIn: fc.constantFrom(
    undefined,
    [{ fraction: 0.025, size: 1 }],
    [
      { fraction: 0.05, size: 0.5 },
      { fraction: 0.1, size: 2 },
    ],
  ),
  scaleOut: fc.constantFrom(
    undefined,
    [{ fraction: 0.05, share: 0.5 }],
    [
      { fraction: 0.025, share: 0.3 },
      { fraction: 0.075, share: 0.7 },
    ],
  ),
})

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!

const randomOrder = (random: Random, side: number, close: number): OrderPrices => {
  const away = () => 1 + pick(random, [-0.02, 0, 0.025, 0.05])
  const stopPrice = side > 0 ? close * away() : close / away()
  const limitPrice = side > 0 ? close / away() : close * away()
  const kind = pick(random, ['market', 'market', 'limit', 'stop', 'stop_limit', 'oco'] as const)
  if (kind === 'market') return { kind }
  if (kind === 'limit') return { kind, limitPrice }
  return kind === 'stop' ? { kind, stopPrice } : { kind, stopPrice, limitPrice }
}

/** Decides by a stream of its own at every bar, so that what it decides depends on the bar and the position only. */
const randomCore =
  (seed: number, bars: readonly BarPrices[], sizing: Parameters<typeof enterEffect>[2]): Core =>
  (bar, { position, entries }) => {
    const random = seededRandom(seed * 1000 + bar)
    const { close } = bars[bar]!
    const side = pick(random, ['long', 'short'] as const)
    const order = randomOrder(random, side === 'long' ? 1 : -1, close)
    const expireBars = pick(random, [null, 1, 3])
    const enter: Effect = enterEffect(side, close, { ...sizing, order, expireBars })
    if (position !== null) {
      if (random() > 0.15) return []
      return random() < 0.5
        ? [{ kind: 'exit', reason: 'signal' }]
        : [{ kind: 'exit', reason: 'reverse' }, enter]
    }
    if (entries.length > 0) return random() < 0.2 ? [{ kind: 'cancel' }] : []
    return random() < 0.4 ? [enter] : []
  }

/** Random bars, orders of every kind, protection and account, for 60 bars. */
export const paperArbitrary: fc.Arbitrary<PaperDrive> = fc
  .record({
    seed: fc.nat(1_000_000),
    strategy: strategyArbitrary,
    scale: scaleArbitrary,
    config: configArbitrary,
    account: accountArbitrary,
  })
  .map(({ seed, strategy, scale, config, account }) => {
    const bars = barsOf(coarseCandles(seed, 60))
    const { stopLoss, takeProfit, trailingStop, sizing } = strategy
    return {
      bars,
      config: { ...config, ...account },
      protection: { stopLoss, takeProfit, trailingStop, ...scale },
      core: randomCore(seed, bars, { sizing }),
    }
  })
