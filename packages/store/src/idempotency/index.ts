export { type OnceOutcome, type OnceRequest, runOnce, type StoredAnswer } from './idempotency.repository.ts'
