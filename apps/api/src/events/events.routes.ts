import { fastifySSE } from '@fastify/sse'
import type { FastifyPluginAsync } from 'fastify'
import { eventHeaders, type EventView } from '@botcriptofy/contracts/event'
import { holdsScope } from '@botcriptofy/contracts/key'
import type { Db } from '@botcriptofy/store/database'
import { findEvents, lastEventSeq } from '@botcriptofy/store/event'
import type { Principal } from '@botcriptofy/store/key'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import { createEventClock, type EventClock } from './event-clock.ts'
import { createProgressClock } from './progress-clock.ts'

const HEARTBEAT_MS = 15_000
const BATCH = 200

/** `/v1/events`: what happens in the tenant, as server-sent events; an operator sees all tenants. */
export const eventRoutes =
  ({ database: { db }, log }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    await scope.register(fastifySSE, { heartbeatInterval: HEARTBEAT_MS })
    const app = withZod(scope)
    const clock = createEventClock(db, log)
    const progress = createProgressClock(db, log)
    // Streams never end by themselves; a server that stops ends them, and clients resume elsewhere.
    const stopping = new AbortController()
    app.addHook('preClose', async () => stopping.abort())

    app.get(
      '/events',
      {
        sse: 'only',
        preHandler: async ({ headers: { accept = '*/*' } }) => {
          if (/text\/event-stream|text\/\*|\*\/\*/.test(accept)) return
          throw new HttpProblem('NOT_ACCEPTABLE', {
            detail: `Accept: expected text/event-stream, was ${accept}`,
          })
        },
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'Server-sent events; Last-Event-ID resumes',
          headers: eventHeaders,
          produces: ['text/event-stream'],
        },
      },
      async (request, reply) => {
        const gone = new AbortController()
        reply.sse.onClose(() => gone.abort())
        const signal = AbortSignal.any([gone.signal, stopping.signal])
        const afterSeq = request.headers['last-event-id'] ?? (await lastEventSeq(db))
        reply.sse.sendHeaders()
        // Without it the headers wait for the first event, and the client for its connection.
        reply.raw.flushHeaders()
        const caller = callerOf(request)
        const events = followEvents({ db, clock, caller, afterSeq, signal })
        // Without an id: a client that resumes asks for what happened, not for how far something was.
        const deaf = progress.listen((event) => {
          if (!seesEvent(caller, event) || !reply.sse.isConnected) return
          reply.sse.send({ event: event.type, data: event }).catch(() => gone.abort())
        })
        signal.addEventListener('abort', deaf)
        const { socket } = request.raw
        // A stream that the server ends takes its connection along, which would idle until the client lets go.
        reply.raw.once('finish', () => stopping.signal.aborted && socket.end())
        for await (const event of events) {
          if (!reply.sse.isConnected) break
          await reply.sse.send({ id: String(event.seq), event: event.type, data: event })
        }
      },
    )
  }

const scopeOfEvents = ({ scopes, tenant }: Principal) =>
  holdsScope(scopes, 'operator') ? 'all-tenants' : tenant

const seesEvent = (caller: Principal, { tenantId }: { readonly tenantId: string }): boolean => {
  const scope = scopeOfEvents(caller)
  return scope === 'all-tenants' || scope.tenantId === tenantId
}

async function* followEvents({
  db,
  clock,
  caller,
  afterSeq,
  signal,
}: {
  readonly db: Db
  readonly clock: EventClock
  readonly caller: Principal
  readonly afterSeq: number
  readonly signal: AbortSignal
}): AsyncGenerator<EventView> {
  const scope = scopeOfEvents(caller)
  let seq = afterSeq
  while (!signal.aborted) {
    // Read before the events: what is numbered in between is then looked for again, not skipped.
    const latest = await lastEventSeq(db)
    const rows = await findEvents(db, scope, { afterSeq: seq, limit: BATCH })
    for (const row of rows) yield eventViewOf(row)
    seq = rows.length === BATCH ? (rows.at(-1)?.seq ?? seq) : Math.max(latest, rows.at(-1)?.seq ?? seq)
    if (rows.length < BATCH) await clock.waitBeyond(seq, signal)
  }
}

const eventViewOf = (row: Awaited<ReturnType<typeof findEvents>>[number]): EventView => ({
  seq: row.seq ?? 0,
  tenantId: row.tenant_id,
  type: row.type,
  v: row.v,
  subjectId: row.subject_id,
  timeMs: row.time_ms,
  data: { ...row.data },
})
