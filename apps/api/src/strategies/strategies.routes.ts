import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { idempotencyHeaders, idParams, pageQuery } from '@botcriptofy/contracts/http'
import {
  saveStrategyBody,
  strategyPage,
  strategyVersion,
  strategyVersionPage,
  strategyVersionParams,
  strategyVersionView,
  strategyView,
} from '@botcriptofy/contracts/strategy'
import type { Db } from '@botcriptofy/store/database'
import {
  findStrategy,
  findStrategyVersion,
  insertStrategy,
  insertStrategyVersion,
  listStrategies,
  listStrategyVersions,
} from '@botcriptofy/store/strategy'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { type Answer, answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { requireStrategy } from '../runs/prepare-run.ts'
import { strategyVersionViewOf, strategyViewOf } from './strategy-view.ts'

const READ = { access: ['backtests:read'] } as const
const WRITE = { access: ['backtests:write'] } as const
const SAVE = {
  headers: idempotencyHeaders,
  body: saveStrategyBody,
  response: { 201: strategyVersionView },
}

/** Named strategies of the tenant; versions never change. */
export const strategyRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    saveRoute(app, db)
    versionRoute(app, db)
    listRoutes(app, db)
    versionListRoutes(app, db)
  }

const saveRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/strategies',
    { config: WRITE, schema: { ...SAVE, summary: 'Save a new strategy under its name' } },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const strategy = requireStrategy(request.body.strategy)
        const saved = await insertStrategy(tx, tenant, strategy)
        if (saved.kind === 'taken') {
          throw new HttpProblem('CONFLICT', {
            detail: `strategy.name: expected a new name, was ${strategy.name}; add a version to it instead`,
          })
        }
        return savedAnswer(tx, tenant, { id: saved.id, version: strategy.version })
      })
    },
  )
}

const versionRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/strategies/:id/versions',
    { config: WRITE, schema: { ...SAVE, params: idParams, summary: 'Add a version to a strategy' } },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const strategy = requireStrategy(request.body.strategy)
        const known = await findStrategy(tx, tenant, id)
        if (known === undefined) throw notFound('strategy')
        if (known.name !== strategy.name) {
          const detail = `strategy.name: expected ${known.name}, was ${strategy.name}`
          throw new HttpProblem('CONFLICT', { detail })
        }
        const saved = await insertStrategyVersion(tx, tenant, { id, strategy })
        if (saved.kind === 'taken') {
          const detail = `strategy.version: expected a new version, was ${strategy.version} with another body`
          throw new HttpProblem('CONFLICT', { detail })
        }
        return savedAnswer(tx, tenant, { id, version: strategy.version })
      })
    },
  )
}

const listRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/strategies',
    {
      config: READ,
      schema: { summary: 'List strategies', querystring: pageQuery, response: { 200: strategyPage } },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const beforeId = readCursor('strategies', cursor, z.uuid())
      const rows = await listStrategies(db, callerOf(request).tenant, { limit: limit + 1, beforeId })
      return pageOfRows(rows, {
        list: 'strategies',
        limit,
        itemOf: strategyViewOf,
        placeOf: (row) => row.id,
      })
    },
  )

  app.get(
    '/strategies/:id',
    { config: READ, schema: { summary: 'A strategy', params: idParams, response: { 200: strategyView } } },
    async (request) => {
      const row = await findStrategy(db, callerOf(request).tenant, request.params.id)
      if (row === undefined) throw notFound('strategy')
      return strategyViewOf(row)
    },
  )
}

const versionListRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/strategies/:id/versions',
    {
      config: READ,
      schema: {
        summary: 'Versions of a strategy, newest first',
        params: idParams,
        querystring: pageQuery,
        response: { 200: strategyVersionPage },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const { limit, cursor } = request.query
      if ((await findStrategy(db, tenant, id)) === undefined) throw notFound('strategy')
      const belowVersion = readCursor('versions', cursor, strategyVersion)
      const rows = await listStrategyVersions(db, tenant, { id, limit: limit + 1, belowVersion })
      return pageOfRows(rows, {
        list: 'versions',
        limit,
        itemOf: (row) => strategyVersionViewOf(id, row),
        placeOf: (row) => row.version,
      })
    },
  )

  app.get(
    '/strategies/:id/versions/:version',
    {
      config: READ,
      schema: {
        summary: 'One version of a strategy',
        params: strategyVersionParams,
        response: { 200: strategyVersionView },
      },
    },
    async (request) => {
      const row = await findStrategyVersion(db, callerOf(request).tenant, request.params)
      if (row === undefined) throw notFound('strategy version')
      return strategyVersionViewOf(request.params.id, row)
    },
  )
}

const savedAnswer = async (
  tx: Db,
  tenant: TenantScope,
  name: { readonly id: string; readonly version: number },
): Promise<Answer> => {
  const row = await findStrategyVersion(tx, tenant, name)
  if (row === undefined) throw notFound('strategy version')
  return {
    status: 201,
    headers: { location: `/v1/strategies/${name.id}/versions/${name.version}` },
    body: strategyVersionViewOf(name.id, row),
  }
}
