export { migrate, type Migration, MigrationMismatch, pendingMigrations, readMigrations } from './migrate.ts'
export { findPendingMigrations } from './pending.ts'
