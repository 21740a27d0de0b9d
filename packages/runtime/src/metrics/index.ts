export { createMetrics, DURATION_BUCKETS, httpMetrics, jobMetrics, outboxMetrics } from './metrics.ts'
export type { Registry } from 'prom-client'
