import { sweepReducePayload } from '@botcriptofy/contracts/sweep'
import {
  BEST_RUNS_KEPT,
  cancelSweep,
  deleteSweep,
  dispatchSweeps,
  extendSweep,
  findGrids,
  listBestUnkept,
  lockSweep,
  reduceSweep,
  rerunFailed,
} from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { giveUpReduce } from '../../apps/worker/src/sweep/give-up.ts'
import { axesOf, openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, accept, jobsOf, finish, sweepOf } = store
afterAll(store.close)

const tenant = await store.tenant()

const reductionsOf = async (id: string) => {
  const rows = await db
    .selectFrom('job_outbox')
    .selectAll()
    .where('name', '=', 'sweep.reduce')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, payload: sweepReducePayload.parse(row.payload) }))
}
type ReduceJob = Awaited<ReturnType<typeof reductionsOf>>[number]

/** What a worker does with a reduction, without the computing. */
const reduce = async ({ id: outboxId, payload: { tenantId, sweepId } }: ReduceJob) => {
  const scope = scopeOf(tenantId)
  const best = await listBestUnkept(db, scope, sweepId)
  const blobs = { trades: Buffer.from('trades'), equity: Buffer.from('equity') }
  const runs = best.map(({ address, tradesSha256 }) => ({ address, tradesSha256, blobs }))
  return reduceSweep(db, scope, { sweepId, outboxId, runs, computeMs: 10 })
}

/** Ordinals of the runs that have trades and equity. */
const keptOf = async (id: string) => {
  const rows = await db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select('ordinal')
    .where('sweep_id', '=', id)
    .where('trades', 'is not', null)
    .where('equity', 'is not', null)
    .orderBy('ordinal')
    .execute()
  return rows.map(({ ordinal }) => ordinal)
}

const finishAll = async (id: string, fails?: (ordinal: number) => boolean): Promise<void> => {
  for (;;) {
    await dispatchSweeps(db, 1000)
    const open = (await jobsOf(id)).filter(({ done_at }) => done_at === null)
    if (open.length === 0) return
    for (const job of open) await finish(job, fails)
  }
}

const extend = (id: string, values: readonly number[]) =>
  db.transaction().execute(async (tx) => {
    await lockSweep(tx, tenant, id)
    const sweep = await sweepOf(tenant, id)
    const grids = await findGrids(tx, tenant, { id, axes: sweep.axes as ReturnType<typeof axesOf> })
    await extendSweep(tx, tenant, { id, grids, axes: axesOf(values), added: values.length })
  })

const completeOf = async (count: number): Promise<string> => {
  const id = await accept(tenant, periods(count), { bars: 1_000_000 })
  await finishAll(id)
  return id
}

test('a chunk keeps no trades, and the transaction that completes the sweep writes one job for the best', async () => {
  const id = await completeOf(25)
  expect(await sweepOf(tenant, id)).toMatchObject({ status: 'completed', remaining: 0 })
  expect(await keptOf(id)).toEqual([])
  const [job, ...more] = await reductionsOf(id)
  expect(more).toEqual([])
  expect(job).toMatchObject({
    queue: 'backtest',
    sent_at: null,
    payload: { v: 1, tenantId: tenant.tenantId, sweepId: id, engineRevision: 1 },
  })
  expect(await reduce(job!)).toEqual({ kind: 'kept', runs: 20 })
  // The objective of the fixture is the ordinal.
  expect(await keptOf(id)).toEqual(periods(20, 5))
})

test('where all runs are equal the first twenty are kept, and of a small sweep all', async () => {
  const id = await accept(tenant, periods(25), { bars: 1_000_000 })
  await dispatchSweeps(db, 1000)
  for (const job of await jobsOf(id)) await finish(job, undefined, () => ({ score: null, violation: 0 }))
  for (const job of await reductionsOf(id)) await reduce(job)
  expect(await keptOf(id)).toEqual(periods(20, 0))
  const small = await completeOf(3)
  for (const job of await reductionsOf(small)) await reduce(job)
  expect(await keptOf(small)).toEqual([0, 1, 2])
})

test('an extended sweep drops what is no more among its best', async () => {
  const id = await completeOf(22)
  const [first] = await reductionsOf(id)
  await reduce(first!)
  expect(await keptOf(id)).toEqual(periods(20, 2))
  await extend(id, [100, 101, 102])
  await finishAll(id)
  const [, second] = await reductionsOf(id)
  expect(await reduce(second!)).toEqual({ kind: 'kept', runs: 3 })
  expect(await keptOf(id)).toEqual(periods(20, 5))
})

test('a sweep that goes on, was cancelled or is gone keeps nothing, and its job ends', async () => {
  const extended = await completeOf(2)
  await extend(extended, [50])
  const cancelled = await completeOf(2)
  await extend(cancelled, [50])
  await cancelSweep(db, tenant, { kind: 'sweep', id: cancelled })
  const gone = await completeOf(2)
  const jobs = await Promise.all([extended, cancelled, gone].map(reductionsOf))
  await deleteSweep(db, tenant, { kind: 'sweep', id: gone })
  for (const job of jobs.flat()) expect(await reduce(job)).toEqual({ kind: 'not wanted' })
  const open = (await Promise.all([extended, cancelled, gone].map(reductionsOf))).flat()
  expect(open.filter(({ done_at }) => done_at === null)).toEqual([])
})

test('a run whose stored hash is another one keeps nothing', async () => {
  const id = await completeOf(1)
  const [job] = await reductionsOf(id)
  const [best] = await listBestUnkept(db, tenant, id)
  const blobs = { trades: Buffer.from('t'), equity: Buffer.from('e') }
  const runs = [{ address: best!.address, tradesSha256: 'of other trades', blobs }]
  const reduction = { sweepId: id, outboxId: job!.id, runs, computeMs: 0 }
  expect(await reduceSweep(db, tenant, reduction)).toEqual({ kind: 'kept', runs: 0 })
  expect(await keptOf(id)).toEqual([])
})

test.each([
  ['is told with the sweep', 'TRADES_DIFFER: run 0: expected other trades', 'TRADES_DIFFER', 0],
  ['is sent again when a worker did not know the job', 'UNKNOWN_JOB: no job named that', null, 1],
])('a reduction that failed for good %s', async (_how, reason, code, generation) => {
  const id = await completeOf(2)
  const [job] = await reductionsOf(id)
  await giveUpReduce(db)(job!, reason)
  const [after] = await reductionsOf(id)
  expect(after?.generation).toBe(generation)
  expect(after?.done_at === null).toBe(generation > 0)
  expect(await sweepOf(tenant, id)).toMatchObject({ status: 'completed', error_code: code })
})

const step = fc.record({
  what: fc.constantFrom('chunk', 'reduce', 'reduce twice at once', 'rerun', 'extend', 'dispatch', 'give up'),
  at: fc.nat(40),
})

test('the best runs of a sweep are kept once, whatever happens to its jobs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.array(step, { maxLength: 40 }),
      async (size, steps) => {
        const id = await accept(tenant, periods(size), { bars: 1_000_000 })
        let next = 1000
        for (const { what, at } of steps) {
          if (what === 'dispatch') await dispatchSweeps(db, at)
          const jobs = await jobsOf(id)
          const chunk = jobs[at % Math.max(1, jobs.length)]
          if (what === 'chunk' && chunk !== undefined) await finish(chunk, (ordinal) => ordinal % 5 === 1)
          // Any reduction that ever was: those that have ended are delivered late, or once more.
          const reductions = await reductionsOf(id)
          const job = reductions[at % Math.max(1, reductions.length)]
          if (what === 'reduce' && job !== undefined) await reduce(job)
          if (what === 'reduce twice at once' && job !== undefined)
            await Promise.all([reduce(job), reduce(job)])
          if (what === 'give up' && job !== undefined) await giveUpReduce(db)(job, 'UNKNOWN_JOB: of old')
          const { status, failed } = await sweepOf(tenant, id)
          if (status !== 'completed') continue
          if (what === 'extend') await extend(id, [next++])
          if (what === 'rerun' && failed > 0)
            await db.transaction().execute((tx) => rerunFailed(tx, tenant, id))
        }
        await finishAll(id)
        for (const job of await reductionsOf(id)) if (job.done_at === null) await reduce(job)
        const { total, status } = await sweepOf(tenant, id)
        const failed = await db
          .selectFrom('sweep_run')
          .select('ordinal')
          .where('sweep_id', '=', id)
          .where('status', '=', 'failed')
          .execute()
        const failures = new Set(failed.map(({ ordinal }) => ordinal))
        const best = periods(total, 0).filter((ordinal) => !failures.has(ordinal))
        expect(await keptOf(id)).toEqual(status === 'completed' ? best.slice(-BEST_RUNS_KEPT) : [])
      },
    ),
    { seed: 29, numRuns: 25 },
  )
}, 120_000)
