import type { Measured, MetricReasonCode } from './reasons.ts'

export interface Collected<Key extends string> {
  readonly metrics: Readonly<Record<Key, number | null>>
  readonly metricReasons: Readonly<Partial<Record<Key, MetricReasonCode>>>
}

/** Splits values from reasons, in the order of `keys`. No NaN, no Infinity and no -0 leaves. */
export const collectMetrics = <Key extends string>(
  keys: readonly Key[],
  values: Readonly<Record<Key, Measured>>,
): Collected<Key> => {
  const metrics = {} as Record<Key, number | null>
  const metricReasons: Partial<Record<Key, MetricReasonCode>> = {}
  for (const key of keys) {
    const value: Measured = values[key]
    if (typeof value === 'number' && Number.isFinite(value)) {
      metrics[key] = value + 0
      continue
    }
    metrics[key] = null
    metricReasons[key] = typeof value === 'number' ? 'NOT_FINITE' : value
  }
  return { metrics, metricReasons }
}
