export { type Backoff, createBackoff } from './backoff.ts'
export { Connection, type ConnectionOptions, type ConnectionRules } from './connection.ts'
export { createDialBudget, DIAL_BURST } from './dial-budget.ts'
export { createPacer, type Pacer } from './pacer.ts'
