import { jobCatalog } from '@botcriptofy/contracts/catalog'
import type { Log } from '@botcriptofy/runtime/log'
import { openQueue, type Queue } from '@botcriptofy/runtime/queue'
import { createRedis, type Redis } from '@botcriptofy/runtime/redis'
import type { Traces } from '@botcriptofy/runtime/traces'

export interface ControlQueues {
  /** Fails while Redis is away: the relay holds a transaction open while it adds, and a loop that waits cannot be stopped. */
  readonly connection: Redis
  readonly all: readonly Queue[]
  /** Throws while Redis is away. */
  readonly queueFor: (name: string) => Queue
  readonly close: () => Promise<void>
}

/** All queues of the catalog, over one connection. */
export const openControlQueues = (options: {
  readonly redisUrl: string
  readonly namespace: string
  readonly traces?: Traces | undefined
  readonly log: Log
}): ControlQueues => {
  const { redisUrl, namespace, traces, log } = options
  const connection = createRedis(redisUrl, 'command')
  connection.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const names = new Set(Object.values(jobCatalog).map((definition) => definition.queue))
  const queues = new Map(
    [...names].map((name) => [
      name,
      openQueue(name, { connection, namespace, telemetry: traces?.telemetry }),
    ]),
  )
  return {
    connection,
    all: [...queues.values()],
    queueFor: (name) => {
      const queue = queues.get(name)
      if (queue === undefined) throw new Error(`expected a queue of the catalog, was ${name}`)
      // BullMQ's queues wait without end for a connection that never was.
      if (connection.status !== 'ready') throw new Error('Redis is away')
      return queue
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      connection.disconnect()
    },
  }
}
