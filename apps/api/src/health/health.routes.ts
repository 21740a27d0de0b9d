import type { FastifyPluginAsync } from 'fastify'
import { liveView, readyView, type ReadyView } from '@botcriptofy/contracts/health'
import { findPendingMigrations } from '@botcriptofy/store/migrate'
import type { ApiDeps } from '../deps.ts'
import { withZod } from '../plugins/zod.ts'

const LIMIT_MS = 2000

/** `/health/live`: the process answers. `/health/ready`: so do Postgres and Redis, and the schema is current. */
export const healthRoutes =
  (deps: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    const config = { access: 'public', rateLimit: false } as const

    app.get(
      '/health/live',
      {
        config,
        logLevel: 'warn',
        schema: { tags: ['health'], summary: 'The process answers', response: { 200: liveView } },
      },
      async () => ({ status: 'ok' as const }),
    )

    app.get(
      '/health/ready',
      {
        config,
        logLevel: 'warn',
        schema: {
          tags: ['health'],
          summary: 'The process can do its work; 503 while it cannot or is stopping',
          response: { 200: readyView, 503: readyView },
        },
      },
      async (_request, reply) => {
        const view = await checkReadiness(deps)
        return reply.code(view.status === 'ok' ? 200 : 503).send(view)
      },
    )
  }

type Check = ReadyView['checks']['postgres']

const checkReadiness = async ({ database, redis, migrations, isDraining }: ApiDeps): Promise<ReadyView> => {
  const [postgres, redisCheck, schema] = await Promise.all([
    check(async () => void (await database.pool.query('select 1'))),
    check(async () => void (await redis.ping())),
    check(async () => {
      const pending = await findPendingMigrations(database.pool, migrations)
      return pending.length === 0 ? undefined : `${pending.length} not applied`
    }),
  ])
  const checks = { postgres, redis: redisCheck, migrations: schema }
  if (isDraining()) return { status: 'draining', checks }
  return { status: Object.values(checks).every(({ ok }) => ok) ? 'ok' : 'not_ready', checks }
}

/** A check resolves with what is wrong, or with nothing; errors stay inside, they may name hosts. */
const check = async (run: () => Promise<string | undefined | void>): Promise<Check> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${LIMIT_MS} ms`), LIMIT_MS)
  })
  const problem = await Promise.race([run(), limit]).catch(() => 'not reachable')
  clearTimeout(timer)
  return problem === undefined ? { ok: true } : { ok: false, detail: problem }
}
