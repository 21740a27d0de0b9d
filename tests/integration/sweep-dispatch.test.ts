import { type Axis, countNew, openGrids } from '@botcriptofy/engine/sweep'
import {
  cancelSweep,
  dispatchSweeps,
  extendSweep,
  findGrids,
  lockSweep,
  pauseSweep,
  rerunFailed,
  resumeSweep,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { axesOf, openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, pool, accept, jobsOf, finish, sweepOf } = store
afterAll(store.close)

let acme: TenantScope
beforeEach(async () => {
  await pool.query('truncate sweep, job_outbox, job_effect, tenant_turn, event cascade')
  acme = await store.tenant()
})

const openJobs = async (sweepId?: string) => (await jobsOf(sweepId)).filter((job) => job.done_at === null)
const finishAll = async (sweepId: string, fails?: (ordinal: number) => boolean) => {
  for (;;) {
    await dispatchSweeps(db, 4)
    const open = await openJobs(sweepId)
    if (open.length === 0) return
    for (const job of open) await finish(job, fails)
  }
}
const runsOf = (id: string) =>
  db
    .selectFrom('sweep_run')
    .select(['ordinal', 'params', 'status'])
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()

const extend = (id: string, values: readonly number[]) =>
  db.transaction().execute(async (tx) => {
    await lockSweep(tx, acme, id)
    const { axes: own } = await sweepOf(acme, id)
    const grids = await findGrids(tx, acme, { id, axes: own as readonly Axis[] })
    const axes = axesOf(values)
    const added = countNew([...grids, { firstOrdinal: openGrids(grids).end, axes }])
    await extendSweep(tx, acme, { id, grids, axes, added })
    return added
  })

describe('the dispatcher', () => {
  test('has a sweep of any size accepted with no job and one row of backlog', async () => {
    const id = await accept(acme, periods(100_000))
    expect(await jobsOf()).toEqual([])
    expect(await db.selectFrom('sweep_backlog').selectAll().execute()).toMatchObject([
      { sweep_id: id, from_ordinal: 0, to_ordinal: 100_000 },
    ])
  })

  test('fills the window and no more, and what has ended makes room', async () => {
    const id = await accept(acme, periods(20))
    expect(await dispatchSweeps(db, 6)).toEqual({ chunks: 6, outstanding: 6 })
    expect(await dispatchSweeps(db, 6)).toEqual({ chunks: 0, outstanding: 6 })
    const [first] = await openJobs(id)
    await finish(first!)
    expect(await dispatchSweeps(db, 6)).toEqual({ chunks: 1, outstanding: 6 })
    expect((await openJobs(id)).map(({ payload }) => payload.from)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('hands out every ordinal once however many of it run at once', async () => {
    const id = await accept(acme, periods(300), { bars: 500_000 })
    while ((await db.selectFrom('sweep_backlog').selectAll().execute()).length > 0) {
      await Promise.all([1, 2, 3, 4].map(() => dispatchSweeps(db, 1000)))
    }
    const ranges = (await jobsOf(id)).map(({ payload }) => [payload.from, payload.to])
    const ordinals = ranges.flatMap(([from, to]) => periods(to! - from!, from))
    expect(ordinals).toEqual(periods(300, 0))
  })

  test('sends chunks behind single backtests', async () => {
    await accept(acme, periods(3))
    await dispatchSweeps(db, 4)
    expect((await jobsOf()).map(({ priority }) => priority)).toEqual([1, 1, 1])
  })

  test('gives a tenant that comes later every second place, whatever the other has waiting', async () => {
    const rival = await store.tenant()
    const flood = await accept(acme, periods(1000))
    await dispatchSweeps(db, 4)
    const small = await accept(rival, periods(3))
    const order: string[] = []
    for (let turn = 0; turn < 6; turn++) {
      const [oldest] = await openJobs()
      await finish(oldest!)
      await dispatchSweeps(db, 4)
      order.push((await jobsOf()).at(-1)?.subject_id === small ? 'small' : 'flood')
    }
    expect(order.filter((name) => name === 'small')).toHaveLength(3)
    expect(order.indexOf('small')).toBeLessThanOrEqual(1)
    expect((await sweepOf(acme, flood)).remaining).toBeGreaterThan(990)
  })

  test('takes the sweeps of a tenant by priority, then by age', async () => {
    const old = await accept(acme, periods(2))
    const young = await accept(acme, periods(2))
    const urgent = await accept(acme, periods(2), { priority: 0 })
    await dispatchSweeps(db, 6)
    expect((await jobsOf()).map((job) => job.subject_id)).toEqual([urgent, urgent, old, old, young, young])
  })

  test('sizes chunks by what the runs before took', async () => {
    const id = await accept(acme, periods(2000), { bars: 5_000_000 })
    await dispatchSweeps(db, 30)
    await db.updateTable('sweep').set({ computed: 400, compute_ms: 4000 }).where('id', '=', id).execute()
    await dispatchSweeps(db, 31)
    const { payload } = (await jobsOf(id)).at(-1)!
    expect(payload.to - payload.from).toBe(142)
  })
})

describe('a sweep in the making', () => {
  test('is cancelled with its window and its backlog, however large it is', async () => {
    const id = await accept(acme, periods(100_000))
    await dispatchSweeps(db, 8)
    const startedMs = performance.now()
    await db.transaction().execute((tx) => cancelSweep(tx, acme, { kind: 'sweep', id }))
    expect(performance.now() - startedMs).toBeLessThan(1000)
    expect(await openJobs()).toEqual([])
    expect(await dispatchSweeps(db, 8)).toEqual({ chunks: 0, outstanding: 0 })
  })

  test('leaves no job behind when it is cancelled while chunks are handed out', async () => {
    const id = await accept(acme, periods(100))
    const areWaiting = (count: number) => async () => {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rowCount === count
    }
    const blocker = await pool.connect()
    // Holds up the dispatcher between its look at the sweep and the jobs it writes.
    await blocker.query('begin; lock table job_outbox in share mode')
    const dispatching = dispatchSweeps(db, 4)
    await waitFor(areWaiting(1), { describe: 'the dispatcher to wait' })
    const cancelling = db.transaction().execute((tx) => cancelSweep(tx, acme, { kind: 'sweep', id }))
    await waitFor(areWaiting(2), { describe: 'the cancellation to wait for the dispatcher' })
    await blocker.query('commit')
    blocker.release()
    expect((await dispatching).chunks).toBe(4)
    expect(await cancelling).toEqual({ kind: 'cancelled' })
    expect(await openJobs()).toEqual([])
  })

  test('that is paused ends what was handed out, and goes on where it stopped', async () => {
    const id = await accept(acme, periods(10))
    await dispatchSweeps(db, 4)
    expect(await pauseSweep(db, acme, id)).toEqual({ isThere: true, status: 'paused' })
    for (const job of await openJobs()) expect(await finish(job)).toMatchObject({ status: 'paused' })
    expect(await dispatchSweeps(db, 4)).toEqual({ chunks: 0, outstanding: 0 })
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'paused', remaining: 6 })
    expect(await pauseSweep(db, acme, id)).toEqual({ isThere: true, status: 'paused' })
    expect(await resumeSweep(db, acme, id)).toEqual({ isThere: true, status: 'running' })
    await finishAll(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', computed: 10 })
    expect(await resumeSweep(db, acme, id)).toEqual({ isThere: false, status: 'completed' })
    const events = await db
      .selectFrom('event')
      .select('type')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute()
    expect(events.map(({ type }) => type)).toEqual([
      'sweep.queued',
      'sweep.paused',
      'sweep.resumed',
      'sweep.completed',
    ])
  })

  test('completes when all that was missing was handed out before the pause', async () => {
    const id = await accept(acme, periods(3))
    await dispatchSweeps(db, 4)
    await pauseSweep(db, acme, id)
    for (const job of await openJobs()) await finish(job)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', remaining: 0 })
  })
})

describe('a sweep that has ended', () => {
  test('computes its failed runs once more, and a late delivery of the first try changes nothing', async () => {
    const id = await accept(acme, periods(10))
    await finishAll(id, (ordinal) => [0, 3, 4, 9].includes(ordinal))
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', failed: 4, error_code: 'UNLUCKY' })
    const late = (await jobsOf(id)).find(({ payload }) => payload.from === 3)!
    expect(await db.transaction().execute((tx) => rerunFailed(tx, acme, id))).toBe(4)
    expect(await sweepOf(acme, id)).toMatchObject({
      status: 'queued',
      failed: 0,
      remaining: 4,
      error_code: null,
    })
    expect(await finish(late)).toEqual({ kind: 'duplicate' })
    await finishAll(id)
    expect(await sweepOf(acme, id)).toMatchObject({
      status: 'completed',
      failed: 0,
      computed: 10,
      remaining: 0,
    })
    expect((await runsOf(id)).map(({ ordinal }) => ordinal)).toEqual(periods(10, 0))
    const again = (await jobsOf(id)).filter(({ payload }) => payload.attempt === 1)
    expect(again.map(({ payload }) => payload.from)).toEqual([0, 3, 4, 9])
  })

  test('may fail and be run again any number of times', async () => {
    const id = await accept(acme, periods(3))
    for (let attempt = 0; attempt < 3; attempt++) {
      await finishAll(id, () => true)
      expect(await sweepOf(acme, id)).toMatchObject({ status: 'failed', failed: 3, remaining: 0 })
      await db.transaction().execute((tx) => rerunFailed(tx, acme, id))
    }
    await finishAll(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', failed: 0, computed: 3 })
  })

  test('takes more combinations, of which those it has already are not run again', async () => {
    const id = await accept(acme, [2, 3, 4])
    await finishAll(id)
    expect(await extend(id, [3, 4, 5, 6])).toBe(2)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'queued', total: 5, remaining: 2 })
    await finishAll(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', computed: 5, remaining: 0 })
    expect(await extend(id, [4, 6, 7])).toBe(1)
    await finishAll(id)
    expect((await runsOf(id)).map(({ ordinal, params }) => [ordinal, Object.values(params)[0]])).toEqual([
      [0, 2],
      [1, 3],
      [2, 4],
      [5, 5],
      [6, 6],
      [9, 7],
    ])
    const words = (await jobsOf(id)).map(({ payload }) => [payload.from, payload.isExtension ?? false])
    expect(words.every(([from, isExtension]) => isExtension === Number(from) >= 3)).toBe(true)
  })
})
