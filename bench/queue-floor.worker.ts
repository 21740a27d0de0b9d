// The floor of the queue benchmark: a BullMQ worker that does nothing, in a process of its own.
import { Worker } from 'bullmq'
import { createRedis } from '@botcriptofy/runtime/redis'

const [url, prefix, queue, concurrency] = process.argv.slice(2)
if (url === undefined || prefix === undefined || queue === undefined) {
  throw new Error('expected the URL of Redis, the prefix, the queue and the concurrency')
}

// The channel closes when the benchmark ends, however it ends.
process.once('disconnect', () => process.exit())

// Counted here and not through QueueEvents: the floor pays for nothing but add and completion.
let completed = 0
let wanted = Number.POSITIVE_INFINITY
const tell = () => {
  if (completed < wanted) return
  wanted = Number.POSITIVE_INFINITY
  process.send?.('completed')
}
process.on('message', (message: { readonly completed: number }) => {
  wanted = message.completed
  tell()
})

const worker = new Worker(queue, () => Promise.resolve(), {
  connection: createRedis(url, 'blocking'),
  prefix,
  concurrency: Number(concurrency),
})
worker.on('completed', () => {
  completed++
  tell()
})
await worker.waitUntilReady()
process.send?.('ready')
