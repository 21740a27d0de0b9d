import { ENGINE_REVISION } from '@botcriptofy/contracts/backtest'
import { idempotencyHeaders, idParams } from '@botcriptofy/contracts/http'
import {
  checkExtension,
  extendSweepBody,
  mayReopen,
  movedSweep,
  requeuedSweep,
} from '@botcriptofy/contracts/sweep'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Db } from '@botcriptofy/store/database'
import {
  ENGINE_REVISION_GONE,
  extendSweep,
  lockSweep,
  type Move,
  pauseSweep,
  rerunFailed,
  restartSweep,
  resumeSweep,
  type SweepRow,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { requireQueueRoom } from '../limits/queue-room.ts'
import { callerOf } from '../plugins/auth.ts'
import { type Answer, answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import type { ZodApp } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { refuseParameters } from '../runs/prepare-run.ts'
import { requireSweep } from './require-sweep.ts'
import { searchOf } from './sweep-view.ts'

const config = { access: ['backtests:write'] } as const

/** Pause and resume a sweep that has not ended; rerun and extend one that has. */
export const transitionRoutes = (app: ZodApp, db: Db): void => {
  moveRoute(app, db, {
    verb: 'pause',
    summary: 'Hand out no more runs of a sweep; those in hand end',
    expected: 'a sweep that has not ended',
    move: pauseSweep,
  })
  moveRoute(app, db, {
    verb: 'resume',
    summary: 'Go on with a paused sweep',
    expected: 'a paused sweep',
    move: resumeSweep,
  })
  rerunRoute(app, db)
  extendRoute(app, db)
}

interface Transition {
  readonly verb: 'pause' | 'resume'
  readonly summary: string
  readonly expected: string
  readonly move: (tx: Db, tenant: TenantScope, id: string) => Promise<Move | undefined>
}

const moveRoute = (app: ZodApp, db: Db, { verb, summary, expected, move }: Transition): void => {
  const schema = { summary, headers: idempotencyHeaders, params: idParams, response: { 200: movedSweep } }
  app.post(`/sweeps/:id/${verb}`, { config, schema }, async (request, reply) =>
    answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
      const { id } = request.params
      const moved = await move(tx, callerOf(request).tenant, id)
      if (moved === undefined) throw notFound('sweep')
      if (!moved.isThere) throw illegal(`expected ${expected}, was ${moved.status}`)
      return { status: 200, body: { id, status: moved.status } }
    }),
  )
}

const rerunRoute = (app: ZodApp, db: Db): void => {
  const schema = {
    summary: 'Compute the failed runs of a sweep that has ended once more',
    headers: idempotencyHeaders,
    params: idParams,
    response: { 202: requeuedSweep },
  }
  app.post('/sweeps/:id/rerun', { config, schema }, async (request, reply) =>
    answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const { sweep, grids } = await requireEnded(tx, tenant, id)
      refuseSearch(sweep, 'rerun')
      const runs =
        sweep.error_code === ENGINE_REVISION_GONE
          ? await restartSweep(tx, tenant, { id, grids, engineRevision: ENGINE_REVISION })
          : await rerunOwn(tx, tenant, sweep)
      await requireQueueRoom(tx, tenant)
      return requeued(id, runs)
    }),
  )
}

const rerunOwn = async (tx: Db, tenant: TenantScope, sweep: SweepRow): Promise<number> => {
  requireOwnEngine(sweep)
  if (sweep.failed === 0) throw illegal('expected a sweep with failed runs, was one without')
  return rerunFailed(tx, tenant, sweep.id)
}

const extendRoute = (app: ZodApp, db: Db): void => {
  const schema = {
    summary: 'Append a grid to a sweep that has ended; what it has already is not computed again',
    headers: idempotencyHeaders,
    params: idParams,
    body: extendSweepBody,
    response: { 202: requeuedSweep },
  }
  app.post('/sweeps/:id/extend', { config, schema }, async (request, reply) =>
    answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const { sweep, grids } = await requireEnded(tx, tenant, id)
      requireOwnEngine(sweep)
      refuseSearch(sweep, 'extend')
      // The strategy was validated when the sweep was accepted.
      const extensible = { strategy: sweep.strategy as Strategy, total: sweep.total, grids }
      const extension = checkExtension(extensible, request.body.parameters)
      if (!extension.ok) throw refuseParameters(extension.error)
      await extendSweep(tx, tenant, { id, grids, ...extension.value })
      await requireQueueRoom(tx, tenant)
      return requeued(id, extension.value.added)
    }),
  )
}

const requeued = (id: string, runs: number): Answer => ({
  status: 202,
  headers: { location: `/v1/sweeps/${id}` },
  body: { id, status: 'queued', runs },
})

const illegal = (detail: string) => new HttpProblem('ILLEGAL_TRANSITION', { detail })

const EXPECTED = {
  rerun: 'a sweep whose runs do not depend on each other',
  extend: 'a sweep of whole grids',
} as const

/** A budget is spent once. */
const refuseSearch = (sweep: SweepRow, verb: 'rerun' | 'extend'): void => {
  if (sweep.budget !== null)
    throw illegal('expected a sweep without a budget, was one with; submit a new sweep')
  const search = searchOf(sweep)
  if (mayReopen(search, verb)) return
  throw illegal(`expected ${EXPECTED[verb]}, was a search by ${search.method}; submit a new sweep`)
}

/** Locked until the transaction ends. */
const requireEnded = async (tx: Db, tenant: TenantScope, id: string) => {
  await lockSweep(tx, tenant, id)
  const found = await requireSweep(tx, tenant, id)
  const { status } = found.sweep
  if (status === 'completed' || status === 'failed') return found
  throw illegal(`expected a completed or failed sweep, was ${status}`)
}

/** What a sweep has computed and what is to come must be of one engine. */
const requireOwnEngine = ({ engine_revision: revision }: SweepRow): void => {
  if (revision === ENGINE_REVISION) return
  throw illegal(
    `expected a sweep of engine revision ${ENGINE_REVISION}, was ${revision}; submit it as a new sweep`,
  )
}
