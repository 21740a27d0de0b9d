import { specKey } from '../indicators/index.ts'
import type { IndicatorPlan } from './program.ts'

/** Equal for indicators that give equal columns on the same candles. */
export const indicatorKey = (indicator: IndicatorPlan): string => {
  const { timeframeMs } = indicator
  return timeframeMs === undefined ? specKey(indicator) : `${specKey(indicator)}/${timeframeMs}`
}
