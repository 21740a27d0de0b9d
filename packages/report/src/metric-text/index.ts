export {
  METRIC_DESCRIPTIONS,
  METRIC_GROUPS,
  type MetricDescription,
  type MetricGroup,
  type MetricKind,
} from './metric-description.ts'
export { metricText, reasonText } from './metric-text.ts'
export { countText, durationText, moneyText, percentText, priceText, ratioText } from './number-text.ts'
