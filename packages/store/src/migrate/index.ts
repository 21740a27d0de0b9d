export { migrate, type Migration, MigrationMismatch, pendingMigrations, readMigrations } from './migrate.ts'
