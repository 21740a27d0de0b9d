import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import {
  botEventPage,
  botEventsQuery,
  botOrderPage,
  botPositionPage,
  botTradePage,
  botTradesQuery,
} from '@botcriptofy/contracts/bot'
import { tradeSchema } from '@botcriptofy/contracts/backtest'
import { idParams, pageQuery } from '@botcriptofy/contracts/http'
import {
  findNewestRun,
  listBotTrades,
  listIntents,
  type NewestRunRow,
  readJournal,
  runStateOf,
} from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { requireBot } from './require-bot.ts'

const READ = { access: ['bots:read'] } as const

/** What a bot did and what it holds. */
export const botActivityRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    ordersRoute(app, db)
    positionsRoute(app, db)
    eventsRoute(app, db)
    tradesRoute(app, db)
  }

const ordersRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/bots/:id/orders',
    {
      config: READ,
      schema: {
        summary: 'Orders of all runs of a bot, the newest first',
        params: idParams,
        querystring: pageQuery,
        response: { 200: botOrderPage },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { limit, cursor } = request.query
      const { id: botId } = await requireBot(db, tenant, request.params.id)
      const list = `bots/${botId}/orders`
      const before = readCursor(list, cursor, z.tuple([z.int(), z.int()]))
      const rows = await listIntents(db, tenant, { botId, limit: limit + 1, before })
      return pageOfRows(rows, { list, limit, itemOf: orderViewOf, placeOf: (row) => [row.run_no, row.seq] })
    },
  )
}

const orderViewOf = (row: Awaited<ReturnType<typeof listIntents>>[number]) => ({
  runNo: row.run_no,
  seq: row.seq,
  clientOrderId: row.client_order_id,
  signalMs: row.signal_ms,
  leg: row.leg,
  side: row.side,
  kind: row.kind,
  stopPrice: row.stop_price,
  limitPrice: row.limit_price,
  reason: row.reason,
  status: row.status,
  code: row.code,
  filledQuantity: row.filled_quantity,
  averagePrice: row.average_price,
  fees: row.fees,
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
})

const positionsRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/bots/:id/positions',
    {
      config: READ,
      schema: { summary: 'What the bot holds', params: idParams, response: { 200: botPositionPage } },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { id, symbol } = await requireBot(db, tenant, request.params.id)
      const run = await findNewestRun(db, tenant, id)
      return { items: run === undefined ? [] : positionsOf(run, symbol), nextCursor: null }
    },
  )
}

const positionsOf = (row: NewestRunRow, symbol: string) => {
  const state = runStateOf(row)
  const position = state?.run.account.position
  if (state === null || position == null) return []
  const { lastClose } = state
  return [
    {
      symbol,
      side: position.side > 0 ? ('long' as const) : ('short' as const),
      quantity: position.quantity,
      entryPrice: position.entryPrice,
      entryTimeMs: position.entryTime,
      stopPrice: position.stop,
      targetPrice: position.target,
      trailingStopPrice: position.trail,
      lastPrice: lastClose,
      unrealizedPnl:
        lastClose === null ? null : position.side * position.quantity * (lastClose - position.entryPrice),
      fees: position.fees,
    },
  ]
}

const eventsRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/bots/:id/events',
    {
      config: READ,
      schema: {
        summary:
          'The journal of a bot, the oldest first: candles, decisions with their values, orders, fills, moves',
        params: idParams,
        querystring: botEventsQuery,
        response: { 200: botEventPage },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { limit, cursor, after = 0, kind } = request.query
      const { id: botId } = await requireBot(db, tenant, request.params.id)
      const list = `bots/${botId}/events`
      const afterSeq = readCursor(list, cursor, z.int()) ?? after
      const rows = await readJournal(db, tenant, {
        botId,
        limit: limit + 1,
        afterSeq,
        kinds: kind?.split(','),
      })
      return pageOfRows(rows, { list, limit, itemOf: eventViewOf, placeOf: (row) => row.seq })
    },
  )
}

const eventViewOf = (row: Awaited<ReturnType<typeof readJournal>>[number]) => ({
  seq: row.seq,
  runNo: row.run_no,
  epoch: row.epoch,
  kind: row.kind,
  timeMs: row.created_at.getTime(),
  data: { ...row.data },
})

const tradesRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/bots/:id/trades',
    {
      config: READ,
      schema: {
        summary: 'Round trips of a run, in the order in which they ended',
        params: idParams,
        querystring: botTradesQuery,
        response: { 200: botTradePage },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { limit, cursor, run } = request.query
      const { id: botId } = await requireBot(db, tenant, request.params.id)
      const runNo = run ?? (await findNewestRun(db, tenant, botId))?.run_no ?? 1
      const list = `bots/${botId}/trades/${runNo}`
      const afterN = readCursor(list, cursor, z.int()) ?? 0
      const rows = await listBotTrades(db, tenant, { botId, limit: limit + 1, runNo, afterN })
      return pageOfRows(rows, {
        list,
        limit,
        itemOf: ({ trade }) => tradeSchema.parse(trade),
        placeOf: ({ n }) => n,
      })
    },
  )
}
