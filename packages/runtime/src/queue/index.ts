export type { Queue } from 'bullmq'
export { openQueue, type QueueOptions, queuePrefix } from './queue.ts'
export { type JobOutcome, type JobWorkerOptions, startJobWorker, Unhealable } from './worker.ts'
