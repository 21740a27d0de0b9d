import type { Strategy } from '../strategy/index.ts'
import type { BacktestConfig } from './config.ts'
import { createGrid, createPriceGrid, type Grid, type PriceGrid } from './grid.ts'

/** What the venue itself keeps at work for a position, without the core. */
export type Protection = Pick<Strategy, 'stopLoss' | 'takeProfit' | 'trailingStop' | 'scaleIn' | 'scaleOut'>

/** What stays the same over a run. It is made anew from strategy and config after a restart; only the account is state. */
export interface PaperSetup {
  readonly config: BacktestConfig
  readonly protection: Protection
  readonly prices: PriceGrid
  readonly quantities: Grid
  /** Fee of a fill that rested, a fraction of notional. */
  readonly makerFeeRate: number
}

export const createPaperSetup = (protection: Protection, config: BacktestConfig): PaperSetup => ({
  config,
  protection,
  prices: createPriceGrid(config.priceTick),
  quantities: createGrid(config.quantityStep),
  makerFeeRate: config.makerFeeRate ?? config.feeRate,
})
