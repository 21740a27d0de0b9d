import type { Queue } from 'bullmq'

/** A worker tells how many jobs it takes at once by its name, which Redis shows with its connection. */
export const slotsName = (concurrency: number): string => `slots-${concurrency}`

const SLOTS = /:w:slots-(\d+)$/

/** How many jobs of the queue all its workers together take at once; a worker that does not say so counts as one. */
export const countSlots = async (queue: Queue): Promise<number> => {
  const workers = await queue.getWorkers()
  return workers.reduce((sum, worker) => sum + Number(SLOTS.exec(worker['rawname'] ?? '')?.[1] ?? 1), 0)
}
