export { METRIC_KEYS, type MetricKey, type MetricReasons, type Metrics } from './keys.ts'
