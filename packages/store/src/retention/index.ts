export { countExpired, pruneExpired, type PrunedRows } from './prune.ts'
export { PRUNED_TABLES, type PrunedTable } from './rules.ts'
