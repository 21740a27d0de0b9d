export { countExpired, pruneExpired, type PrunedRows } from './prune.ts'
export { DEFAULT_RETENTION, PRUNED_TABLES, type PrunedTable, type RetentionPeriods } from './rules.ts'
