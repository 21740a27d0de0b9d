import type { FastifyPluginAsync } from 'fastify'
import { type RunProgress, runProgress } from '@botcriptofy/contracts/backtest'
import { idParams } from '@botcriptofy/contracts/http'
import { findProgress } from '@botcriptofy/store/sweep'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { notFound } from '../problem.ts'
import { paceOf } from './pace.ts'
import { runErrorOf } from './run-view.ts'

const KINDS = [
  ['backtests', 'backtest'],
  ['sweeps', 'sweep'],
] as const

/** `/v1/{backtests,sweeps}/{id}/progress`: what is cheap enough to be asked three times a second. */
export const progressRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    for (const [name, kind] of KINDS) {
      app.get(
        `/${name}/:id/progress`,
        {
          config: { access: ['backtests:read'] },
          schema: {
            summary: `How far a ${kind} is, how fast it goes and how long it will take`,
            params: idParams,
            response: { 200: runProgress },
          },
        },
        async (request): Promise<RunProgress> => {
          const { id } = request.params
          const row = await findProgress(db, callerOf(request).tenant, { kind, id })
          if (row === undefined) throw notFound(kind)
          return { id, status: row.status, progress: paceOf(row), error: runErrorOf(row) }
        },
      )
    }
  }
