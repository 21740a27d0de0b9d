import { sweepPlanPayload } from '@botcriptofy/contracts/sweep'
import type { Search } from '@botcriptofy/engine/sweep'
import { dispatchSweeps, pauseSweep, planNextRound, resumeSweep, splitChunk } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Combination } from '../../apps/worker/src/sweep/combinations.ts'
import { openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, accept, jobsOf, finish, sweepOf } = store
afterAll(store.close)

const tenant = await store.tenant()
const searches: readonly Search[] = [
  { method: 'successive_halving', sample: 'random', runs: 12, seed: 3, eta: 2, minShare: 0.2 },
  { method: 'tpe', runs: 18, seed: 3, startup: 6, batch: 4, gamma: 0.3, candidates: 8 },
]

/** What can happen to the chunks and plans of a search on their way. */
const WHATS = [
  'dispatch',
  'deliver',
  'deliver twice at once',
  'split',
  'plan',
  'plan twice at once',
  'pause',
  'resume',
] as const
const step = fc.record({ what: fc.constantFrom(...WHATS), at: fc.nat(60) })
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const peak = ({ params, share }: Combination) => ({
  score: -Math.abs(Object.values(params)[0]! - 40) * share,
  violation: 0,
})

const plansOf = async (id: string) => {
  const rows = await db
    .selectFrom('job_outbox')
    .selectAll()
    .where('name', '=', 'sweep.plan')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, payload: sweepPlanPayload.parse(row.payload) }))
}
const plan = ({ id: outboxId, payload }: Awaited<ReturnType<typeof plansOf>>[number]) =>
  planNextRound(db, scopeOf(payload.tenantId), { sweepId: payload.sweepId, round: payload.round, outboxId })

const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % Math.max(1, items.length)]
const deliver = (job: Awaited<ReturnType<typeof jobsOf>>[number]) => finish(job, undefined, peak)

const take = async (id: string, { what, at }: Step): Promise<unknown> => {
  if (what === 'dispatch') return dispatchSweeps(db, at)
  if (what === 'pause') return pauseSweep(db, tenant, id)
  if (what === 'resume') return resumeSweep(db, tenant, id)
  // Any job that ever was: those that have ended are delivered late, or once more.
  if (what === 'plan' || what === 'plan twice at once') {
    const job = pick(await plansOf(id), at)
    return job && Promise.all(what === 'plan' ? [plan(job)] : [plan(job), plan(job)])
  }
  const job = pick(await jobsOf(id), at)
  if (job === undefined) return
  if (what === 'split') {
    const { from, to } = job.payload
    return to - from > 1 && splitChunk(db, tenant, { ...job.payload, outboxId: job.id })
  }
  return Promise.all(what === 'deliver' ? [deliver(job)] : [deliver(job), deliver(job)])
}

const settle = async (id: string): Promise<void> => {
  await resumeSweep(db, tenant, id)
  for (;;) {
    await dispatchSweeps(db, 100)
    const open = (await jobsOf(id)).filter(({ done_at }) => done_at === null)
    for (const job of open) await deliver(job)
    const plans = (await plansOf(id)).filter(({ done_at }) => done_at === null)
    for (const job of plans) await plan(job)
    if (open.length === 0 && plans.length === 0) return
  }
}

/** What a search came to: its runs in their order, and how its sweep ended. */
const outcomeOf = async (id: string) => {
  const runs = await db
    .selectFrom('sweep_run')
    .select(['ordinal', 'params', 'share', 'objective_value', 'status'])
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()
  const { status, total, remaining, computed, next_round } = await sweepOf(tenant, id)
  return { runs, sweep: { status, total, remaining, computed, next_round } }
}

test.each(searches)(
  '$method comes to the same, whatever happens on the way',
  async (search) => {
    const undisturbed = await accept(tenant, periods(60), { search, bars: 20_000 })
    await settle(undisturbed)
    const expected = await outcomeOf(undisturbed)
    expect(expected.sweep).toMatchObject({ status: 'completed', remaining: 0 })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
        const id = await accept(tenant, periods(60), { search, bars: 20_000 })
        for (const one of steps) await take(id, one)
        await settle(id)
        expect(await outcomeOf(id)).toEqual(expected)
      }),
      { seed: 31, numRuns: 12 },
    )
  },
  120_000,
)
