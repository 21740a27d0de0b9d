import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import {
  candlePage,
  candlesQuery,
  importQuery,
  importResult,
  seriesList,
} from '@botcriptofy/contracts/candles'
import { idempotencyHeaders } from '@botcriptofy/contracts/http'
import { holdsScope } from '@botcriptofy/contracts/key'
import {
  BadCandles,
  findSeries,
  importCandlesIn,
  listSeries,
  readCandles,
  SeriesKindMismatch,
  withCopyTransaction,
} from '@botcriptofy/store/candles'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { acceptCsv, readUpload } from './upload.ts'

const LIST = 'candles'
/** Later than any bar; a range without an end is not a special case. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER

/** Import and read candles. */
export const candleRoutes =
  (deps: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    acceptCsv(scope)
    const app = withZod(scope)
    importRoute(app, deps)
    readRoutes(app, deps)
  }

const importRoute = (app: ZodApp, { database, config }: ApiDeps): void => {
  app.post(
    '/candles/import',
    {
      config: { access: ['candles:write'] },
      schema: {
        summary: 'Import candles: CSV, optionally gzip, with the header timestamp,open,high,low,close,volume',
        consumes: ['text/csv', 'application/gzip'],
        headers: idempotencyHeaders,
        querystring: importQuery,
        response: { 201: importResult },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { shared, simulated, ...name } = request.query
      if (shared === 'true' && !holdsScope(caller.scopes, 'operator')) {
        throw new HttpProblem('FORBIDDEN', { detail: 'expected the scope operator for shared candles' })
      }
      const owner = shared === 'true' ? 'shared' : caller.tenant
      const target = { ...name, owner, isSimulated: simulated === 'true' } as const
      const upload = await readUpload(request, config.IMPORT_MAX_BYTES).catch(refuseCandles)
      const transactions = {
        run: <R>(work: Parameters<typeof withCopyTransaction<R>>[1]) => withCopyTransaction(database, work),
      }
      const exchange = { request, reply, bodySha256: upload.sha256 }
      return answerOnce(exchange, transactions, async (copy) => {
        const { seriesId: _, ...body } = await importCandlesIn(copy, target, upload.candles)
        return { status: 201, body }
      }).catch(refuseCandles)
    },
  )
}

const readRoutes = (app: ZodApp, { database }: ApiDeps): void => {
  app.get(
    '/candles',
    {
      config: { access: ['candles:read'] },
      schema: {
        summary: "Candles of the tenant's own series, else of the shared one",
        querystring: candlesQuery,
        response: { 200: candlePage },
      },
    },
    async (request) => {
      const { limit, cursor, from = 0, to = END_OF_TIME, ...name } = request.query
      const series = await findSeries(database.db, callerOf(request).tenant, name)
      if (series === undefined) throw notFound('candle series')
      const after = readCursor(LIST, cursor, z.int())
      const fromMs = after === undefined ? from : Math.max(from, after + 1)
      const rows = await readCandles(database.db, series.id, { fromMs, toMs: to, limit: limit + 1 })
      return pageOfRows(rows, {
        list: LIST,
        limit,
        itemOf: (row) => row,
        placeOf: (row) => row.timestamp,
      })
    },
  )

  app.get(
    '/candles/series',
    {
      config: { access: ['candles:read'] },
      schema: { summary: 'What is stored', response: { 200: seriesList } },
    },
    async (request) => {
      const rows = await listSeries(database.db, callerOf(request).tenant)
      return { items: rows.map(({ id: _, ...row }) => row), nextCursor: null }
    },
  )
}

const refuseCandles = (error: unknown): never => {
  if (error instanceof BadCandles) {
    const { path, expected, actual } = error.problem
    throw new HttpProblem('INVALID_CANDLES', {
      detail: error.message,
      errors: [{ path, message: `expected ${expected}, was ${actual}` }],
    })
  }
  if (error instanceof SeriesKindMismatch) throw new HttpProblem('CONFLICT', { detail: error.message })
  throw error
}
