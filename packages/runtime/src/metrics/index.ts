export { type ArchiveMetrics, archiveMetrics } from './archive-metrics.ts'
export {
  createMetrics,
  deliveryMetrics,
  DURATION_BUCKETS,
  httpMetrics,
  jobMetrics,
  type ObservedJob,
  outboxLagMetric,
} from './metrics.ts'
export {
  type PostgresPool,
  postgresMetrics,
  queueMetrics,
  admissionMetric,
  redisMetrics,
} from './server-metrics.ts'
export {
  type CountedRuns,
  dispatchMetrics,
  type DispatchTurn,
  runMetrics,
  type TenantBacklog,
  type ThreadLoad,
  threadMetrics,
} from './sweep-metrics.ts'
export type { Registry } from 'prom-client'
