import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  type BotState,
  botPage,
  botView,
  changeBotBody,
  changeBotHeaders,
  cloneBotBody,
  type CreateBotBody,
  createBotBody,
} from '@botcriptofy/contracts/bot'
import { idempotencyHeaders, idParams, pageQuery } from '@botcriptofy/contracts/http'
import {
  type BotRow,
  deleteBot,
  findBot,
  findNewestRun,
  insertBot,
  listBots,
  lockBot,
} from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { type Answer, answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { prepareRules } from '../runs/prepare-run.ts'
import { botSummaryOf, botViewOf } from './bot-view.ts'
import { etagOf } from './bot-version.ts'
import { applyChange } from './change-bot.ts'
import { promoteRun } from './promote-run.ts'
import { requireBot } from './require-bot.ts'

const LIST = 'bots'
const READ = { access: ['bots:read'] } as const
const WRITE = { access: ['bots:write'] } as const
/** In these a bot holds nothing and does nothing. */
const AT_REST: readonly BotState[] = ['CREATED', 'STOPPED']

/** Definitions of bots: make, promote a run, look at, change, clone and delete. */
export const botRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    createRoute(app, db)
    cloneRoute(app, db)
    readRoutes(app, db)
    changeRoute(app, db)
    deleteRoute(app, db)
  }

const createRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/bots',
    {
      config: WRITE,
      schema: {
        summary: 'Define a bot, or make one from a finished run; it does not start by itself',
        headers: idempotencyHeaders,
        body: createBotBody,
        response: { 201: botView },
      },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const { body } = request
        const { strategy, market, config, origin } = await definitionOf(tx, tenant, body)
        const { symbol, timeframe } = market
        const { id } = await insertBot(tx, tenant, {
          name: body.name ?? `${strategy.name} ${symbol} ${timeframe}`,
          mode: body.mode,
          strategySha256: await saveStrategyBody(tx, tenant, strategy),
          ...market,
          config,
          origin,
        })
        return createdAnswer(tx, tenant, id)
      })
    },
  )
}

const definitionOf = async (
  tx: Db,
  tenant: TenantScope,
  { from, market, strategy, config }: CreateBotBody,
) => {
  if (from !== undefined) return promoteRun(tx, tenant, from)
  // The schema asks for both where there is no run to take them from.
  if (market === undefined || strategy === undefined) throw new HttpProblem('INVALID_REQUEST')
  const rules = await prepareRules(tx, tenant, { strategy, config, series: [market] })
  return { strategy: rules.strategy, market, config: rules.config, origin: null }
}

const cloneRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/bots/:id/clone',
    {
      config: WRITE,
      schema: {
        summary: 'Another bot with the same definition, in the state CREATED',
        headers: idempotencyHeaders,
        params: idParams,
        body: cloneBotBody,
        response: { 201: botView },
      },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const bot = await requireBot(tx, tenant, request.params.id)
        const { id } = await insertBot(tx, tenant, {
          name: request.body.name ?? `${bot.name} copy`.slice(-200),
          mode: bot.mode,
          strategySha256: bot.strategy_sha256,
          venue: bot.venue,
          symbol: bot.symbol,
          timeframe: bot.timeframe,
          config: bot.config,
          origin: { kind: 'bot', botId: bot.id, version: bot.version, isChanged: false },
        })
        return createdAnswer(tx, tenant, id)
      })
    },
  )
}

const readRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/bots',
    { config: READ, schema: { summary: 'List bots', querystring: pageQuery, response: { 200: botPage } } },
    async (request) => {
      const { limit, cursor } = request.query
      const page = { limit: limit + 1, beforeId: readCursor(LIST, cursor, z.uuid()) }
      const rows = await listBots(db, callerOf(request).tenant, page)
      return pageOfRows(rows, { list: LIST, limit, itemOf: botSummaryOf, placeOf: (row) => row.id })
    },
  )

  app.get(
    '/bots/:id',
    {
      config: READ,
      schema: { summary: 'A bot; its ETag is for If-Match', params: idParams, response: { 200: botView } },
    },
    async (request, reply) => {
      const bot = await findBot(db, callerOf(request).tenant, request.params.id)
      if (bot === undefined) throw notFound('bot')
      return answerBot(db, reply, { tenant: callerOf(request).tenant, bot })
    },
  )
}

const changeRoute = (app: ZodApp, db: Db): void => {
  app.patch(
    '/bots/:id',
    {
      config: WRITE,
      schema: {
        summary: 'Change the definition of a bot that does not run; its name at any time',
        params: idParams,
        headers: changeBotHeaders,
        body: changeBotBody,
        response: { 200: botView },
      },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      const bot = await db.transaction().execute(async (tx) => {
        const bot = await lockBot(tx, tenant, request.params.id)
        if (bot === undefined) throw notFound('bot')
        const { body, headers } = request
        await applyChange(tx, tenant, { bot, body, ifMatch: headers['if-match'], isAtRest: isAtRest(bot) })
        return requireBot(tx, tenant, bot.id)
      })
      return answerBot(db, reply, { tenant, bot })
    },
  )
}

const deleteRoute = (app: ZodApp, db: Db): void => {
  app.delete(
    '/bots/:id',
    {
      config: WRITE,
      schema: { summary: 'Delete a bot that does not run', params: idParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      await db.transaction().execute(async (tx) => {
        if (await deleteBot(tx, tenant, { id, states: AT_REST })) return
        const { state } = await requireBot(tx, tenant, id)
        const detail = `expected a bot in the state ${AT_REST.join(' or ')}, was ${state}; stop it first`
        throw new HttpProblem('ILLEGAL_TRANSITION', { detail })
      })
      return reply.code(204).send(null)
    },
  )
}

const isAtRest = ({ state }: BotRow): boolean => AT_REST.includes(state)

const answerBot = async (
  db: Db,
  reply: FastifyReply,
  { tenant, bot }: { readonly tenant: TenantScope; readonly bot: BotRow },
) => {
  reply.header('etag', etagOf(bot))
  return botViewOf(bot, await findNewestRun(db, tenant, bot.id))
}

const createdAnswer = async (tx: Db, tenant: TenantScope, id: string): Promise<Answer> => {
  const bot = await requireBot(tx, tenant, id)
  const headers = { location: `/v1/bots/${id}`, etag: etagOf(bot) }
  return { status: 201, headers, body: botViewOf(bot, undefined) }
}
