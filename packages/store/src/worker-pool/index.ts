export {
  leavePool,
  listPools,
  LIVING_REVISIONS,
  NO_POOL,
  type PoolState,
  tellPool,
  type WorkerPool,
} from './worker-pool.repository.ts'
