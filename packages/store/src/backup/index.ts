export type { SequenceState, TableShape } from './catalog.ts'
export { restoreInto, type RestorePlan, RestoreRefused } from './restore.ts'
export { NoSchema, type Snapshot, withSnapshot } from './snapshot.ts'
