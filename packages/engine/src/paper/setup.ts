import { invariant } from '../kernel/index.ts'
import { hasRiskLimits, type RiskClock } from '../risk/index.ts'
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
  /** What is traded; the risk budget tells positions apart by it. */
  readonly symbol: string
  /** The limits of the account; null without any. */
  readonly risk: RiskClock | null
}

export interface PaperMarket {
  readonly symbol: string
  /** Length of the bars that decisions are made on. */
  readonly barMs: number
}

const riskOf = ({ risk }: BacktestConfig, market: PaperMarket | undefined): RiskClock | null => {
  if (risk === null || !hasRiskLimits(risk)) return null
  invariant(market !== undefined, 'risk limits count bars, so their length has to be known')
  return { limits: risk, barMs: market.barMs }
}

/** `market` may be left out where the config has no risk limits. */
export const createPaperSetup = (
  protection: Protection,
  config: BacktestConfig,
  market?: PaperMarket,
): PaperSetup => ({
  config,
  protection,
  prices: createPriceGrid(config.priceTick),
  quantities: createGrid(config.quantityStep),
  makerFeeRate: config.makerFeeRate ?? config.feeRate,
  symbol: market?.symbol ?? '',
  risk: riskOf(config, market),
})
