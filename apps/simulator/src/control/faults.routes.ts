import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { FaultBoard } from '../faults/fault-board.ts'
import { faultOrder, faultRequest } from '../faults/fault-order.ts'
import { randomScript } from '../faults/random-script.ts'

/** What a test cannot wait for a real exchange to do. */
export const registerFaults = (app: FastifyInstance, board: FaultBoard): void => {
  app.post('/simulator/faults', async ({ body }, reply) => {
    const asked = faultRequest.safeParse(body)
    if (!asked.success) return reply.code(400).send({ error: reasonOf(body, asked.error) })
    const script = scriptOf(asked.data)
    for (const order of script) board.order(order)
    return { ordered: script.length, script }
  })
  app.get('/simulator/faults', async () => board.report())
  app.delete('/simulator/faults', async () => {
    board.clear()
    return {}
  })
  app.get('/simulator/connections', async () => ({ connections: board.connections() }))
  app.post('/simulator/drop-connections', async () => board.dropAll())
  app.post('/simulator/announce-shutdown', async () => board.announceAll())
}

const scriptOf = (asked: z.infer<typeof faultRequest>) => {
  if ('script' in asked) return asked.script
  return 'seed' in asked ? randomScript(asked) : [asked]
}

/** Of a single order, what is wrong with it; a choice of three shapes would tell of all three. */
const reasonOf = (body: unknown, error: z.ZodError): string => {
  const one = faultOrder.safeParse(body)
  const isOne = typeof body === 'object' && body !== null && ('fault' in body || 'venue' in body)
  return z.prettifyError(isOne && one.error ? one.error : error)
}
