import { createWindowExtremes, type WindowExtremes } from '../metrics/index.ts'
import type { Candles } from '../market/index.ts'

/** The extremes that positions on a series meet. */
export interface BarExtremes {
  readonly low: WindowExtremes
  readonly high: WindowExtremes
}

export const createBarExtremes = ({ low, high }: Candles): BarExtremes => ({
  low: createWindowExtremes(low, -1),
  high: createWindowExtremes(high, 1),
})
