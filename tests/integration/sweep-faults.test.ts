import { dispatchSweeps, lockSweep, pauseSweep, rerunFailed, resumeSweep } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { giveUpChunk } from '../../apps/worker/src/sweep/give-up.ts'
import { openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, accept, jobsOf, finish, sweepOf } = store
afterAll(store.close)

/** What can happen between the moment a chunk is handed out and the moment it counts. */
const step = fc.oneof(
  fc.record({ do: fc.constant('dispatch' as const), at: fc.nat(5) }),
  fc.record({ do: fc.constant('deliver' as const), at: fc.nat(50) }),
  fc.record({ do: fc.constant('deliver twice at once' as const), at: fc.nat(50) }),
  fc.record({ do: fc.constant('fail' as const), at: fc.nat(50) }),
  fc.record({ do: fc.constant('give up' as const), at: fc.nat(50) }),
  fc.record({ do: fc.constant('pause' as const), at: fc.constant(0) }),
  fc.record({ do: fc.constant('resume' as const), at: fc.constant(0) }),
  fc.record({ do: fc.constant('rerun' as const), at: fc.constant(0) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const tenant = await store.tenant()

const take = async (id: string, { do: what, at }: Step): Promise<void> => {
  if (what === 'dispatch') {
    await Promise.all([dispatchSweeps(db, at), dispatchSweeps(db, at + 2)])
  } else if (what === 'pause') {
    await pauseSweep(db, tenant, id)
  } else if (what === 'resume') {
    await resumeSweep(db, tenant, id)
  } else if (what === 'rerun') {
    await rerunIfEnded(id)
  } else {
    // Any job that ever was: those that have ended are delivered late, or once more.
    const jobs = await jobsOf(id)
    const job = jobs[at % Math.max(1, jobs.length)]
    if (job === undefined) return
    if (what === 'deliver') await finish(job)
    if (what === 'deliver twice at once') await Promise.all([finish(job), finish(job)])
    if (what === 'fail') await finish(job, (ordinal) => ordinal % 3 === 0)
    if (what === 'give up') await giveUpChunk(db)(job, 'OUT_OF_MEMORY: it took three workers down')
  }
}

const rerunIfEnded = (id: string) =>
  db.transaction().execute(async (tx) => {
    await lockSweep(tx, tenant, id)
    const { status, failed } = await sweepOf(tenant, id)
    if ((status === 'completed' || status === 'failed') && failed > 0) {
      await rerunFailed(tx, scopeOf(tenant.tenantId), id)
    }
  })

const settle = async (id: string): Promise<void> => {
  await resumeSweep(db, tenant, id)
  for (;;) {
    await dispatchSweeps(db, 100)
    const open = (await jobsOf(id)).filter((job) => job.done_at === null)
    if (open.length === 0) return
    for (const job of open) await finish(job)
  }
}

test('every combination is counted once, whatever happens to the chunks on their way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.array(step, { maxLength: 40 }),
      async (size, steps) => {
        const id = await accept(tenant, periods(size), { bars: 1_000_000 })
        for (const one of steps) await take(id, one)
        await settle(id)
        const sweep = await sweepOf(tenant, id)
        const runs = await db
          .selectFrom('sweep_run')
          .select(['ordinal', 'status'])
          .where('sweep_id', '=', id)
          .orderBy('ordinal')
          .execute()
        expect(runs.map(({ ordinal }) => ordinal)).toEqual(periods(size, 0))
        const failed = runs.filter(({ status }) => status === 'failed').length
        expect(sweep).toMatchObject({ remaining: 0, total: size, failed })
        expect(sweep.status).toBe(failed === size ? 'failed' : 'completed')
        const backlog = await db.selectFrom('sweep_backlog').selectAll().where('sweep_id', '=', id).execute()
        expect(backlog).toEqual([])
      },
    ),
    { seed: 23, numRuns: 40 },
  )
}, 120_000)
