import { newId } from '@botcriptofy/store/database'
import { findExcess, listTenantStates, setLimits, type StatedLimits } from '@botcriptofy/store/limit'
import { dispatchSweeps } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { leavePool, tellPool } from '@botcriptofy/store/worker-pool'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, pool, accept, jobsOf, finish } = store
afterAll(store.close)

let acme: TenantScope
let rival: TenantScope
beforeEach(async () => {
  await pool.query(
    'truncate sweep, job_outbox, job_effect, tenant_turn, tenant_limit, tenant_usage, worker_pool, event cascade',
  )
  ;[acme, rival] = [await store.tenant(), await store.tenant()]
})

const UNLIMITED = {
  weight: null,
  maxRunningChunks: null,
  maxQueuedCombinations: null,
  cpuSecondsPerDay: null,
}
const limit = (owner: TenantScope | 'all tenants', some: Partial<StatedLimits>) =>
  setLimits(db, owner, { ...UNLIMITED, ...some })
const single = (scope: TenantScope, bars: number) => accept(scope, [7], { kind: 'backtest', bars })
/** In the order in which workers get them. */
const openJobs = async () =>
  (await jobsOf()).filter((job) => job.done_at === null).toSorted((a, b) => a.priority - b.priority)
const backlog = () => db.selectFrom('sweep_backlog').selectAll().execute()
const countBy = async (scope: TenantScope) =>
  (await openJobs()).filter((job) => job.tenant_id === scope.tenantId).length

describe('limits of a tenant', () => {
  test('share the workers by weight', async () => {
    await limit(rival, { weight: 3 })
    await accept(acme, periods(100))
    await accept(rival, periods(100))
    await dispatchSweeps(db, 40)
    expect(await countBy(rival)).toBe(30)
  })

  test('bound the chunks that run at once, its own limit before the one for all', async () => {
    await limit('all tenants', { maxRunningChunks: 2 })
    await limit(rival, { maxRunningChunks: 5 })
    await accept(acme, periods(100))
    await accept(rival, periods(100))
    await dispatchSweeps(db, 40)
    expect([await countBy(acme), await countBy(rival)]).toEqual([2, 5])
    const [first] = await openJobs()
    await finish(first!)
    expect(await dispatchSweeps(db, 40)).toMatchObject({ chunks: 1 })
  })

  test('stop it for the day when its computing time is spent, and nobody else', async () => {
    await limit(acme, { cpuSecondsPerDay: 1.5 })
    const id = await accept(acme, periods(100))
    await dispatchSweeps(db, 3)
    // Each took a second.
    for (const job of await openJobs()) await finish(job)
    await accept(rival, periods(4))
    expect(await dispatchSweeps(db, 40)).toMatchObject({ chunks: 4 })
    expect([await countBy(acme), await countBy(rival)]).toEqual([0, 4])
    await single(acme, 1000)
    expect(await countBy(acme)).toBe(0)
    const [state] = await listTenantStates(db, acme)
    expect(state).toMatchObject({
      cpuSecondsToday: 3,
      cpuSecondsPerDay: 1.5,
      weight: 1,
      queuedCombinations: 98,
    })
    await pool.query('update tenant_usage set day = day - 1')
    await dispatchSweeps(db, 40)
    expect((await jobsOf(id)).length).toBeGreaterThan(3)
  })

  test('tell of combinations beyond those it may have queued', async () => {
    await limit('all tenants', { maxQueuedCombinations: 10 })
    await accept(acme, periods(10))
    expect(await findExcess(db, acme)).toBeUndefined()
    await single(acme, 1000)
    expect(await findExcess(db, acme)).toEqual({ maxQueuedCombinations: 10, queuedCombinations: 11 })
    expect(await findExcess(db, rival)).toBeUndefined()
  })
})

describe('single backtests', () => {
  test('go to the workers at once while nobody waits, before the chunks of sweeps', async () => {
    await accept(acme, periods(10))
    await dispatchSweeps(db, 4)
    const id = await single(rival, 5_000_000)
    const [first] = await openJobs()
    expect(first).toMatchObject({ subject_id: id, priority: 0 })
  })

  test('of one tenant wait in the backlog beyond two chunks of computing, and are all handed out', async () => {
    for (let k = 0; k < 5; k++) await single(acme, 350_000)
    expect([await countBy(acme), (await backlog()).length]).toEqual([2, 3])
    await dispatchSweeps(db, 4)
    expect(await countBy(acme)).toBe(5)
    for (let k = 0; k < 8; k++) await single(rival, 1)
    expect(await countBy(rival)).toBe(8)
  })

  test('keep the trace of their request while they wait', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    for (let k = 0; k < 2; k++) await single(acme, 350_000)
    const id = await accept(acme, [7], { kind: 'backtest', bars: 350_000, traceparent })
    expect(await countBy(acme)).toBe(2)
    await dispatchSweeps(db, 4)
    expect((await jobsOf(id)).map((job) => job.traceparent)).toEqual([traceparent])
  })

  test('submitted again and again take no more than the share of their tenant', async () => {
    await accept(rival, periods(1000))
    const ended = { acme: 0, rival: 0 }
    for (let turn = 0; turn < 60; turn++) {
      if (
        (await countBy(acme)) + (await backlog()).filter((row) => row.tenant_id === acme.tenantId).length ===
        0
      ) {
        await single(acme, 350_000)
      }
      await dispatchSweeps(db, 4)
      const [job] = await openJobs()
      ended[job!.tenant_id === acme.tenantId ? 'acme' : 'rival']++
      await finish(job!)
    }
    // A single one costs 1005 ms, a run of the sweep 1000.
    expect(ended.rival).toBeGreaterThanOrEqual(27)
    expect(ended.acme).toBeGreaterThanOrEqual(20)
  }, 60_000)
})

describe('chunks of an engine that no worker has', () => {
  const poolOf = (engineRevision: number) => ({
    id: newId(),
    queue: 'backtest',
    host: 'h',
    pid: 1,
    slots: 2,
    engineRevision,
  })

  test('are not handed out, and those that were keep nobody from the window', async () => {
    const old = poolOf(1)
    await tellPool(db, old, 0)
    await accept(acme, periods(10))
    expect(await dispatchSweeps(db, 4)).toMatchObject({ chunks: 4, outstanding: 4 })
    await leavePool(db, old.id)
    await tellPool(db, poolOf(2), 0)
    expect(await dispatchSweeps(db, 4)).toEqual({ chunks: 0, outstanding: 0 })
    await tellPool(db, old, 0)
    expect(await dispatchSweeps(db, 6)).toMatchObject({ chunks: 2, outstanding: 6 })
  })
})
