export { createMetrics, DURATION_BUCKETS, jobMetrics, outboxMetrics } from './metrics.ts'
export type { Registry } from 'prom-client'
