import { Queue, type Telemetry } from 'bullmq'
import type { Redis } from '../redis/index.ts'

/** Hash-tagged, so that all keys of one queue share a slot of a Redis Cluster. Tests add a namespace of their own. */
export const queuePrefix = (queue: string, namespace = ''): string => `{${namespace}${queue}}`

export interface QueueOptions {
  readonly connection: Redis
  readonly namespace?: string | undefined
  readonly telemetry?: Telemetry | undefined
}

export const openQueue = (name: string, { connection, namespace, telemetry }: QueueOptions): Queue => {
  const queue = new Queue(name, {
    connection,
    prefix: queuePrefix(name, namespace),
    ...(telemetry === undefined ? {} : { telemetry }),
    // BullMQ evicts finished jobs only when others finish, so a count bounds Redis memory where an age would not.
    defaultJobOptions: { removeOnComplete: { count: 1000 }, removeOnFail: { count: 5000 } },
  })
  // Connection errors are reported by the connection's owner; without a listener they would end the process.
  queue.on('error', () => undefined)
  return queue
}
