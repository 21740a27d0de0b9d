import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { pageQuery } from '@botcriptofy/contracts/http'
import { limitsBody, limitsParams, statedLimits, tenantPage, tenantView } from '@botcriptofy/contracts/limit'
import type { Db } from '@botcriptofy/store/database'
import { findStatedLimits, type LimitOwner, listTenantStates, setLimits } from '@botcriptofy/store/limit'
import { scopeOfTenant } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { notFound } from '../problem.ts'

const LIST = 'tenants'
const OPERATOR = { access: ['operator'] } as const

/** What tenants may take of the workers: an operator sets it, and each tenant sees its own. */
export const limitRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    stateRoutes(app, db)
    operatorRoutes(app, db)
  }

const stateRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/limits',
    {
      config: { access: ['backtests:read'] },
      schema: { summary: "The caller's limits, and what it has of them", response: { 200: tenantView } },
    },
    async (request) => {
      const [state] = await listTenantStates(db, callerOf(request).tenant)
      if (state === undefined) throw notFound('tenant')
      return state
    },
  )

  app.get(
    '/tenants',
    {
      config: OPERATOR,
      schema: {
        summary: 'Tenants with their limits and what they have of them',
        querystring: pageQuery,
        response: { 200: tenantPage },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const afterName = readCursor(LIST, cursor, z.string())
      const rows = await listTenantStates(db, { afterName, limit: limit + 1 })
      return pageOfRows(rows, { list: LIST, limit, itemOf: (row) => row, placeOf: ({ name }) => name })
    },
  )
}

const operatorRoutes = (app: ZodApp, db: Db): void => {
  const ownerOf = async (id: string): Promise<LimitOwner> => {
    const owner = id === 'default' ? 'all tenants' : await scopeOfTenant(db, id)
    if (owner === undefined) throw notFound('tenant')
    return owner
  }

  app.get(
    '/tenants/:id/limits',
    {
      config: OPERATOR,
      schema: {
        summary: 'What was set for a tenant, or as default for all',
        params: limitsParams,
        response: { 200: statedLimits },
      },
    },
    async (request) => findStatedLimits(db, await ownerOf(request.params.id)),
  )

  app.put(
    '/tenants/:id/limits',
    {
      config: OPERATOR,
      schema: {
        summary: 'Set what a tenant may take, or the default for all; what is left out is taken away',
        params: limitsParams,
        body: limitsBody,
        response: { 200: statedLimits },
      },
    },
    async (request) => {
      await setLimits(db, await ownerOf(request.params.id), request.body)
      return request.body
    },
  )
}
