import type { FastifyPluginAsync } from 'fastify'
import { killAnswer, type KillBody, killBody } from '@botcriptofy/contracts/bot'
import { idempotencyHeaders } from '@botcriptofy/contracts/http'
import { holdsScope } from '@botcriptofy/contracts/key'
import { commandBot, killBots } from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import type { Principal } from '@botcriptofy/store/key'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'

/** The kill switch over one bot, all of a tenant, or all there are: they are halted when the answer comes. */
export const killRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).post(
      '/kill',
      {
        config: { access: ['bots:write'] },
        schema: {
          summary: 'Halt bots: nothing is entered until each is reset; scope all is for operators',
          headers: idempotencyHeaders,
          body: killBody,
          response: { 200: killAnswer },
        },
      },
      async (request, reply) =>
        answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => ({
          status: 200,
          body: { halted: await kill(tx, callerOf(request), request.body) },
        })),
    )
  }

const kill = async (
  tx: Db,
  caller: Principal,
  { scope, id, reason }: KillBody,
): Promise<readonly string[]> => {
  if (scope === 'tenant') return killBots(tx, caller.tenant, reason)
  if (scope === 'all') {
    if (holdsScope(caller.scopes, 'operator')) return killBots(tx, 'all-tenants', reason)
    throw new HttpProblem('FORBIDDEN', { detail: 'scope all: expected the scope operator' })
  }
  const botId = id ?? ''
  const outcome = await commandBot(tx, caller.tenant, { botId, command: { kind: 'halt', reason } })
  if (outcome === undefined) throw notFound('bot')
  if (!outcome.ok) throw new HttpProblem('ILLEGAL_TRANSITION', { detail: outcome.reason })
  return [botId]
}
