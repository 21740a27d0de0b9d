export type { Queue, Worker } from 'bullmq'
export { openQueue, type QueueOptions, queuePrefix } from './queue.ts'
export { type JobWorkerOptions, startJobWorker, TryLater, Unhealable } from './worker.ts'
export { countSlots } from './slots.ts'
