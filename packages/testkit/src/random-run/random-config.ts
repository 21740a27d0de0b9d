import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES } from '@botcriptofy/engine/backtest'
import type { RiskLimits } from '@botcriptofy/engine/risk'
import type { Draw } from './draw.ts'
import type { RandomSeries } from './random-candles.ts'

/** Every fill rule, fee and end a plain account can be run with. */
export const randomConfig = (draw: Draw, { candles, tick }: RandomSeries): BacktestConfig => {
  const price = candles.close[0] ?? 1
  const initialCapital = draw.pick([10_000, 10_000, 1_000, 37.5])
  return {
    ...DEFAULT_BACKTEST_CONFIG,
    initialCapital,
    feeRate: draw.pick([0, 0.001, 0.001, 0.004]),
    makerFeeRate: draw.pick([null, null, 0, 0.0004]),
    slippageRate: draw.pick([0, 0.0005, 0.0005, 0.01]),
    path: draw.pick(PATH_MODES),
    limitTouch: draw.pick(['through', 'touch']),
    protectFrom: draw.pick(['fill_price', 'signal_close']),
    limitGap: draw.pick(['at_limit', 'at_open']),
    endOfData: draw.pick(['last_close', 'last_close', 'last_open', 'leave_open']),
    priceTick: draw.pick([tick, tick, null]),
    quantityStep: draw.pick([1e-8, Number(((initialCapital / price) * 0.01).toPrecision(1))]),
    minNotional: draw.pick([null, null, initialCapital * 0.1]),
    signalsFromBar: draw.pick([0, 0, 7]),
    rows: draw.pick([null, null, null, draw.whole(1, candles.time.length)]),
  }
}

const fundingRates = (draw: Draw, { candles: { time }, barMs }: RandomSeries): [number, number][] => {
  const rates: [number, number][] = []
  let timeMs = (time[0] ?? 0) - draw.whole(0, 2) * barMs
  for (let i = 0; i < 20; i++) {
    rates.push([timeMs, draw.normal() * 0.002])
    timeMs += Math.round(draw.between(0.3, 20) * barMs)
  }
  return rates
}

export const riskLimits = (draw: Draw): RiskLimits => ({
  maxOpenPositions: draw.pick([null, 1]),
  maxExposureFraction: draw.pick([null, 0.3, 1, 4]),
  maxSymbolExposureFraction: draw.pick([null, 0.5]),
  dailyLossFraction: draw.pick([null, 0.01, 0.05]),
  cooldownBars: draw.pick([null, 0, 1, 5]),
  stopLossGuard: draw.pick([
    null,
    { stops: draw.whole(1, 3), withinBars: draw.whole(1, 20), pauseBars: draw.whole(0, 10) },
  ]),
  maxDrawdown: draw.pick([
    null,
    { fraction: draw.between(0.02, 0.3), pauseBars: draw.pick([null, 3, 10, 10]) },
  ]),
})

/** What makes an account more than a plain one: each part is off half of the time. */
export const withAccountFeatures = (
  draw: Draw,
  config: BacktestConfig,
  series: RandomSeries,
): BacktestConfig => ({
  ...config,
  participation: draw.pick([null, null, 0.01, 0.1, 1]),
  remainder: draw.pick(['rest', 'drop']),
  latencyBars: draw.pick([0, 0, 0, 1, 3]),
  leverage: draw.pick([null, null, null, 1, 3, 10, 50]),
  maintenanceMarginRate: draw.pick([0.005, 0, 0.01]),
  fundingRate: draw.pick([0, 0, 0.0005, -0.002]),
  fundingIntervalMs: draw.pick([28_800_000, series.barMs, Math.round(series.barMs * 2.5)]),
  fundingRates: draw.chance(0.2) ? fundingRates(draw, series) : null,
  risk: draw.chance(0.25) ? riskLimits(draw) : null,
})
