import { dispatchSweeps, splitChunk } from '@botcriptofy/store/sweep'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { giveUpChunk } from '../../apps/worker/src/sweep/give-up.ts'
import { type OutboxJob, openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, accept, jobsOf, finish, sweepOf } = store
afterAll(store.close)
const tenant = await store.tenant()
const giveUp = (job: OutboxJob) => giveUpChunk(db)(job, 'OUT_OF_MEMORY: the system took the worker down')

/** Ends every chunk, those with a bad run as BullMQ would after its last try; says how many those were. */
const drain = async (id: string, bad: ReadonlySet<number>): Promise<number> => {
  let given = 0
  for (;;) {
    await dispatchSweeps(db, 100)
    const open = (await jobsOf(id)).filter((job) => job.done_at === null)
    if (open.length === 0) return given
    for (const job of open) {
      const isBad = periods(job.payload.to - job.payload.from, job.payload.from).some((n) => bad.has(n))
      if (isBad) given++
      await (isBad ? giveUp(job) : finish(job))
    }
  }
}

const runsOf = (id: string) =>
  db
    .selectFrom('sweep_run')
    .select(['ordinal', 'status', 'error_code'])
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()

test('of a chunk that nobody survives the bad runs alone fail, after as many splits as it has digits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.uniqueArray(fc.nat(69), { maxLength: 3 }),
      async (size, chosen) => {
        const bad = new Set(chosen.filter((ordinal) => ordinal < size))
        const id = await accept(tenant, periods(size), { bars: 1000 })
        const given = await drain(id, bad)
        const runs = await runsOf(id)
        expect(runs.map(({ ordinal }) => ordinal)).toEqual(periods(size, 0))
        const failed = runs.filter(({ status }) => status === 'failed')
        expect(failed.map(({ ordinal }) => ordinal)).toEqual([...bad].toSorted((a, b) => a - b))
        expect(failed.every(({ error_code: code }) => code === 'OUT_OF_MEMORY')).toBe(true)
        const status = bad.size === size ? 'failed' : 'completed'
        expect(await sweepOf(tenant, id)).toMatchObject({ status, remaining: 0, failed: bad.size })
        // A chunk has at most 25 runs before some were measured.
        expect(given).toBeLessThanOrEqual(bad.size * (1 + Math.ceil(Math.log2(25))))
      },
    ),
    { seed: 5, numRuns: 12 },
  )
}, 60_000)

test('a chunk that was split counts nothing when its worker delivers after all, nor is it split twice', async () => {
  const id = await accept(tenant, periods(20), { bars: 1000 })
  await dispatchSweeps(db, 4)
  const [job] = await jobsOf(id)
  const chunk = { ...job!.payload, outboxId: job!.id }
  const outcomes = await Promise.all([splitChunk(db, tenant, chunk), splitChunk(db, tenant, chunk)])
  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['duplicate', 'split'])
  expect(await finish(job!)).toEqual({ kind: 'duplicate' })
  expect(await sweepOf(tenant, id)).toMatchObject({ remaining: 20 })
  await dispatchSweeps(db, 4)
  const ranges = (await jobsOf(id)).map(({ payload }) => [payload.from, payload.to])
  expect(ranges.slice(1)).toEqual([
    [0, 10],
    [10, 20],
  ])
  await drain(id, new Set())
  expect(await sweepOf(tenant, id)).toMatchObject({ status: 'completed', computed: 20, remaining: 0 })
})

test('a run that BullMQ counted out beside a deadly one is sent again', async () => {
  const id = await accept(tenant, periods(1), { bars: 1000 })
  await dispatchSweeps(db, 4)
  const [job] = await jobsOf(id)
  await db
    .updateTable('job_outbox')
    .set({ sent_at: new Date(), starts: 2 })
    .where('id', '=', job!.id)
    .execute()
  await giveUpChunk(db)(job!, 'job stalled more than allowable limit')
  const [again] = await jobsOf(id)
  expect(again).toMatchObject({ generation: 1, sent_at: null, done_at: null })
  await db.updateTable('job_outbox').set({ starts: 3 }).where('id', '=', job!.id).execute()
  await giveUpChunk(db)(again!, 'job stalled more than allowable limit')
  expect(await sweepOf(tenant, id)).toMatchObject({ status: 'failed', error_code: 'JOB_FAILED' })
})
