export {
  type AppliedMigration,
  applyMigrations,
  lockMigrations,
  migrate,
  type Migration,
  MigrationMismatch,
  pendingMigrations,
  readApplied,
  readMigrations,
  withoutMigrations,
} from './migrate.ts'
export { findPendingMigrations } from './pending.ts'
