import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import type { FastifyInstance } from 'fastify'
import { holdsScope } from '@botcriptofy/contracts/key'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { HttpProblem } from '../problem.ts'
import { CONSOLE_BASE } from './job-page.ts'

/**
 * Bull Board behind our own door: `operator` acts in it, `console:read` looks. It has no idea of tenants, so nobody
 * else gets in.
 */
export const consoleRoutes =
  ({ queues }: ApiDeps) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: ['operator', 'console:read'] }
      route.schema = { ...route.schema, hide: true }
      // The board would answer for our refusals in a shape of its own.
      route.errorHandler = app.errorHandler
    })
    app.addHook('onRequest', async (request) => {
      if (request.method === 'GET' || request.method === 'HEAD' || mayAct(request)) return
      throw new HttpProblem('FORBIDDEN', { detail: 'expected the scope operator; console:read only looks' })
    })
    // The page hides its buttons for queues that say they are read-only.
    app.addHook('preSerialization', async (request, _reply, payload) =>
      mayAct(request) ? payload : withReadOnlyQueues(payload),
    )
    const adapter = new FastifyAdapter()
    createBullBoard({
      queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: false, externalJobUrl })),
      serverAdapter: adapter,
      options: {
        uiConfig: {
          boardTitle: 'BotCriptoFy',
          // CLIENT LIST on every poll costs Redis more than the number of workers is worth.
          showWorkers: false,
        },
      },
    })
    adapter.setBasePath(CONSOLE_BASE)
    await app.register(adapter.registerPlugin(), { prefix: CONSOLE_BASE })
  }

/** From a job to what Postgres knows of it, with its run. */
const externalJobUrl = ({ id }: { readonly id?: string | number | null | undefined }) => ({
  displayText: 'What Postgres knows',
  href: `/v1/jobs?id=${encodeURIComponent(id ?? '')}`,
})

const mayAct = (request: Parameters<typeof callerOf>[0]): boolean =>
  holdsScope(callerOf(request).scopes, 'operator')

const withReadOnlyQueues = (payload: unknown): unknown => {
  if (typeof payload !== 'object' || payload === null || !('queues' in payload)) return payload
  if (!Array.isArray(payload.queues)) return payload
  return { ...payload, queues: payload.queues.map((queue: object) => ({ ...queue, readOnlyMode: true })) }
}
