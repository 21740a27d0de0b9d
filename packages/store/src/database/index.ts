export { type Db, openDatabase, type OpenDatabase, type Tx } from './database.ts'
export { newId } from './new-id.ts'
export { sha256Hex } from '../hash/index.ts'
export { type Database, SWEEP_STATUSES, type SweepStatus } from './tables.ts'
