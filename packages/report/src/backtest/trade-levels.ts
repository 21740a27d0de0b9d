import type { Trade } from '@botcriptofy/engine/backtest'
import type { BacktestReportData } from './data.ts'

/** Where stop and target of a trade rested, quote units; NaN where there was none or it cannot be told. */
export interface TradeLevels {
  readonly stop: number
  readonly target: number
}

/** A trade with several entries or exits moves its levels while it runs; those are not drawn. */
export const tradeLevels = ({ strategy, config, candles }: BacktestReportData) => {
  const { stopLoss, takeProfit, scaleIn, scaleOut } = strategy
  const isMoving = (scaleIn ?? scaleOut) !== undefined
  const { priceTick, protectFrom } = config
  /** Stops and targets round away from a loss: up for a long, down for a short. */
  const onTick = (price: number, isLong: boolean): number => {
    if (priceTick === null) return price
    // A price on the grid may miss it by its last bit.
    const ticks = Number((price / priceTick).toPrecision(12))
    return (isLong ? Math.ceil(ticks) : Math.floor(ticks)) * priceTick
  }
  return ({ side, entryIndex, entryPrice }: Trade): TradeLevels => {
    const isLong = side === 'long'
    const base = protectFrom === 'fill_price' ? entryPrice : (candles.close[entryIndex - 1] ?? Number.NaN)
    const level = (fraction: number | undefined, direction: number): number =>
      fraction === undefined || isMoving
        ? Number.NaN
        : onTick(base * (1 + (isLong ? direction : -direction) * fraction), isLong)
    return { stop: level(stopLoss?.fraction, -1), target: level(takeProfit?.fraction, 1) }
  }
}
