import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { idempotencyHeaders, idParams, pageQuery } from '@botcriptofy/contracts/http'
import {
  type CreateKeyBody,
  createdKey,
  createKeyBody,
  holdsScope,
  keyPage,
  type KeyView,
  type Scope,
  TENANT_SCOPES,
} from '@botcriptofy/contracts/key'
import { insertKey, type KeyRow, listKeys, type Principal, revokeKey } from '@botcriptofy/store/key'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { sealForCaller } from './seal.ts'

const LIST = 'keys'

/** The tenant's API keys. A caller gives no more than it holds itself. */
export const keyRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    const config = { access: ['keys:write'] } as const

    app.get(
      '/keys',
      { config, schema: { summary: 'List API keys', querystring: pageQuery, response: { 200: keyPage } } },
      async (request) => {
        const { limit, cursor } = request.query
        const beforeId = readCursor(LIST, cursor, z.uuid())
        const rows = await listKeys(db, callerOf(request).tenant, { limit: limit + 1, beforeId })
        return pageOfRows(rows, { list: LIST, limit, itemOf: keyViewOf, placeOf: (row) => row.id })
      },
    )

    app.post(
      '/keys',
      {
        config,
        schema: {
          summary: 'Create an API key; it is shown this once',
          headers: idempotencyHeaders,
          body: createKeyBody,
          response: { 201: createdKey },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        const scopes = grantableScopes(caller, request.body)
        const exchange = { request, reply, seal: sealForCaller(request) }
        return answerOnce(exchange, transactionsOf(db), async ({ tx }) => {
          const { row, apiKey } = await insertKey(tx, caller.tenant, {
            userId: caller.userId,
            name: request.body.name,
            scopes,
            expiresAt:
              request.body.expiresAtMs === undefined ? undefined : new Date(request.body.expiresAtMs),
          })
          return { status: 201, body: { ...keyViewOf(row), apiKey } }
        })
      },
    )

    app.delete(
      '/keys/:id',
      { config, schema: { summary: 'Revoke an API key', params: idParams, response: { 204: z.null() } } },
      async (request, reply) => {
        if (!(await revokeKey(db, callerOf(request).tenant, request.params.id))) throw notFound('API key')
        return reply.code(204).send(null)
      },
    )
  }

const grantableScopes = (caller: Principal, body: CreateKeyBody): readonly Scope[] => {
  const wanted = body.scopes ?? TENANT_SCOPES.filter((scope) => holdsScope(caller.scopes, scope))
  const refused = wanted.filter((scope) => !holdsScope(caller.scopes, scope))
  if (refused.length === 0) return [...new Set(wanted)]
  throw new HttpProblem('FORBIDDEN', {
    detail: `expected scopes that the caller holds, was ${refused.join(', ')}`,
  })
}

const keyViewOf = (row: KeyRow): KeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  user: row.user_name,
  scopes: row.scopes,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: row.expires_at?.getTime() ?? null,
  lastUsedAtMs: row.last_used_at?.getTime() ?? null,
  revokedAtMs: row.revoked_at?.getTime() ?? null,
})
