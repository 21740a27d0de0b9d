import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { botView, haltBotBody, resetBotBody, startBotBody, stopBotBody } from '@botcriptofy/contracts/bot'
import { idempotencyHeaders, idParams } from '@botcriptofy/contracts/http'
import { type BotCommand, commandBot, findNewestRun } from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { botViewOf } from './bot-view.ts'
import { requireBot } from './require-bot.ts'

const WRITE = { access: ['bots:write'] } as const

/** What is wanted of a bot. It stands in its state when the answer comes; whoever owns the bot hears of it at once. */
export const botCommandRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    startAndStopRoutes(app, db)
    pauseRoutes(app, db)
    haltRoutes(app, db)
  }

const schemaOf = (summary: string) => ({
  summary,
  params: idParams,
  headers: idempotencyHeaders,
  response: { 200: botView },
})

type BotRequest = FastifyRequest<{ Params: { id: string } }>

const obey = (
  db: Db,
  exchange: { readonly request: BotRequest; readonly reply: FastifyReply },
  command: BotCommand,
) =>
  answerOnce({ request: exchange.request, reply: exchange.reply }, transactionsOf(db), async ({ tx }) => {
    const { tenant } = callerOf(exchange.request)
    const botId = exchange.request.params.id
    const outcome = await commandBot(tx, tenant, { botId, command })
    if (outcome === undefined) throw notFound('bot')
    if (!outcome.ok) throw new HttpProblem('ILLEGAL_TRANSITION', { detail: outcome.reason })
    const bot = await requireBot(tx, tenant, botId)
    return { status: 200, body: botViewOf(bot, await findNewestRun(tx, tenant, botId)) }
  })

const startAndStopRoutes = (app: ZodApp, db: Db): void => {
  app.post(
    '/bots/:id/start',
    { config: WRITE, schema: { ...schemaOf('Start a bot: a run begins'), body: startBotBody } },
    async (request, reply) =>
      obey(db, { request, reply }, { kind: 'start', account: request.body?.account ?? 'continue' }),
  )
  app.post(
    '/bots/:id/stop',
    { config: WRITE, schema: { ...schemaOf('End the run, as the policy says'), body: stopBotBody } },
    async (request, reply) =>
      obey(db, { request, reply }, { kind: 'stop', policy: request.body?.policy ?? 'cancel' }),
  )
}

const pauseRoutes = (app: ZodApp, db: Db): void => {
  app.post(
    '/bots/:id/pause',
    { config: WRITE, schema: schemaOf('No further entries; exits and protection go on') },
    async (request, reply) => obey(db, { request, reply }, { kind: 'pause' }),
  )
  app.post('/bots/:id/resume', { config: WRITE, schema: schemaOf('Enter again') }, async (request, reply) =>
    obey(db, { request, reply }, { kind: 'resume' }),
  )
}

const haltRoutes = (app: ZodApp, db: Db): void => {
  app.post(
    '/bots/:id/halt',
    {
      config: WRITE,
      schema: {
        ...schemaOf('The kill switch: entries are withdrawn, and none follows until a reset'),
        body: haltBotBody,
      },
    },
    async (request, reply) => obey(db, { request, reply }, { kind: 'halt', reason: request.body?.reason }),
  )
  app.post(
    '/bots/:id/reset',
    {
      config: WRITE,
      schema: {
        ...schemaOf('A halted or faulted bot may go on, or has ended; says why'),
        body: resetBotBody,
      },
    },
    async (request, reply) => obey(db, { request, reply }, { kind: 'reset', ...request.body }),
  )
}
