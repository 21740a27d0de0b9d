import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { jobPage, type JobsQuery, jobsQuery, type JobView } from '@botcriptofy/contracts/job'
import { holdsScope } from '@botcriptofy/contracts/key'
import { jobIdOf } from '@botcriptofy/runtime/outbox'
import { findJobs, type JobRow } from '@botcriptofy/store/job'
import type { Principal } from '@botcriptofy/store/key'
import { jobPageUrl } from '../console/job-page.ts'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'

const LIST = 'jobs'

/** A search over the jobs in Postgres, which the console cannot do and which shows a tenant its own alone. */
export const jobRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/jobs',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'Search jobs by id, tenant, strategy and state, the newest first',
          querystring: jobsQuery,
          response: { 200: jobPage },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const { limit, cursor, ...wanted } = request.query
        const owner = ownerOf(caller, wanted)
        const beforeId = readCursor(LIST, cursor, z.uuid())
        const rows = await findJobs(db, owner, { ...searchOf(wanted), limit: limit + 1, beforeId })
        const seesConsole = holdsScope(caller.scopes, 'console:read')
        const itemOf = (row: JobRow) => jobViewOf(row, seesConsole)
        return pageOfRows(rows, { list: LIST, limit, itemOf, placeOf: (row) => row.id })
      },
    )
  }

/** Operators see every tenant's jobs unless they name one. */
const ownerOf = (caller: Principal, { tenant }: Pick<JobsQuery, 'tenant'>) => {
  if (holdsScope(caller.scopes, 'operator')) return 'all-tenants' as const
  if (tenant === undefined) return caller.tenant
  throw new HttpProblem('FORBIDDEN', { detail: 'expected the scope operator to search by tenant' })
}

const UUID_LENGTH = 36

const searchOf = ({ id, ...others }: Omit<JobsQuery, 'limit' | 'cursor'>) => {
  const number = id?.slice(UUID_LENGTH + 1)
  return {
    ...others,
    id: id?.slice(0, UUID_LENGTH),
    generation: number === undefined || number === '' ? undefined : Number(number),
  }
}

const jobViewOf = (row: JobRow, seesConsole: boolean): JobView => {
  const id = jobIdOf(row)
  return {
    id,
    queue: row.queue,
    name: row.name,
    state: row.state,
    tenant: row.tenant,
    strategyName: row.strategy_name,
    run: runOf(row),
    createdAtMs: row.created_at.getTime(),
    sentAtMs: row.sent_at?.getTime() ?? null,
    doneAtMs: row.done_at?.getTime() ?? null,
    console: seesConsole && row.sent_at !== null ? jobPageUrl(row.queue, id) : null,
  }
}

const runOf = ({ kind, subject_id: id, from_ordinal: from, to_ordinal: to }: JobRow): JobView['run'] =>
  kind === null ? null : { kind, id, url: `/v1/${kind}s/${id}`, from, to }
