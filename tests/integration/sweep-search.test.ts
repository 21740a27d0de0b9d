import { sweepPlanPayload } from '@botcriptofy/contracts/sweep'
import { objectiveOf, type Rank, scoreOf, type Search } from '@botcriptofy/engine/sweep'
import {
  cancelSweep,
  dispatchSweeps,
  findProgress,
  findRounds,
  listRuns,
  pauseSweep,
  planNextRound,
  readTrials,
  rerunFailed,
  restartSweep,
  resumeSweep,
  splitChunk,
  startSweep,
  stopSpentSweeps,
} from '@botcriptofy/store/sweep'
import { scopeOf, type TenantScope } from '@botcriptofy/store/tenant'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { Combination } from '../../apps/worker/src/sweep/combinations.ts'
import { giveUpPlan } from '../../apps/worker/src/sweep/plan.jobs.ts'
import { axesOf, openSweepStore, periods } from './sweep.fixture.ts'

const store = await openSweepStore()
const { db, pool, accept, jobsOf, finish, sweepOf } = store
afterAll(store.close)

let acme: TenantScope
beforeEach(async () => {
  await pool.query('truncate sweep, job_outbox, job_effect, tenant_turn, event cascade')
  acme = await store.tenant()
})

const PERIOD = 'indicators.a.params.period'
const seed = 7
const halving: Search = {
  method: 'successive_halving',
  sample: 'random',
  runs: 27,
  seed,
  eta: 3,
  minShare: 0.1,
}
const tpe: Search = { method: 'tpe', runs: 30, seed, startup: 10, batch: 5, gamma: 0.2, candidates: 24 }

const periodOf = ({ params }: Pick<Combination, 'params'>) => Object.values(params)[0]!
/** The best is in the middle of the grid. */
const peak = (run: Combination): Rank => ({ score: -Math.abs(periodOf(run) - 40), violation: 0 })

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
type PlanJob = Awaited<ReturnType<typeof plansOf>>[number]
const plan = ({ id: outboxId, payload: { tenantId, sweepId, round } }: PlanJob) =>
  planNextRound(db, scopeOf(tenantId), { sweepId, round, outboxId })
const openPlan = async (id: string) => (await plansOf(id)).find(({ done_at }) => done_at === null)

interface Play {
  readonly rankOf?: (run: Combination) => Rank
  readonly fails?: (ordinal: number) => boolean
  readonly window?: number
  /** The last chunk that was handed out is the first to end. */
  readonly isReversed?: boolean
}

/** Ends all runs that are planned. */
const endRound = async (
  id: string,
  { rankOf = peak, fails, window = 8, isReversed = false }: Play = {},
): Promise<void> => {
  for (;;) {
    await dispatchSweeps(db, window)
    const open = (await jobsOf(id)).filter(({ done_at }) => done_at === null)
    if (open.length === 0) return
    for (const job of isReversed ? open.toReversed() : open) await finish(job, fails, rankOf)
  }
}

const playOut = async (id: string, play: Play = {}): Promise<void> => {
  for (;;) {
    await endRound(id, play)
    const next = await openPlan(id)
    if (next === undefined) return
    await plan(next)
  }
}

const runsOf = async (id: string) => {
  const runs = await db
    .selectFrom('sweep_run')
    .select(['ordinal', 'params', 'share', 'status'])
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()
  return runs.map(({ params, ...run }) => ({ ...run, period: Object.values(params)[0] as number }))
}
const ranking = (id: string) =>
  listRuns(db, acme, { sweepId: id, sort: 'objective', direction: 'desc', limit: 100, offset: 0 })

const trialsOf = async (id: string) => {
  const { total } = await sweepOf(acme, id)
  return readTrials(db, acme, { sweepId: id, total, paths: [PERIOD], metrics: [] })
}

describe('a search', () => {
  it.each<[Search, number, readonly number[]]>([
    [{ method: 'random', runs: 20, seed }, 20, [20]],
    [{ method: 'random', runs: 500, seed }, 80, [80]],
    [{ method: 'latin_hypercube', runs: 20, seed }, 20, [20]],
    [halving, 39, [27, 9, 3]],
    [{ ...halving, sample: 'latin_hypercube' }, 39, [27, 9, 3]],
    [tpe, 30, [10, 5, 5, 5, 5]],
    [{ ...tpe, runs: 6 }, 6, [6]],
  ])(
    '%j ends with its runs, and the same ones whatever the order they end in',
    async (search, runs, sizes) => {
      const ids: string[] = []
      for (const play of [{}, { window: 3, isReversed: true }]) {
        const id = await accept(acme, periods(80), { search, bars: 300_000 })
        await playOut(id, play)
        ids.push(id)
      }
      const [first, second] = await Promise.all(ids.map(runsOf))
      expect(second).toEqual(first)
      expect(first!.map(({ ordinal }) => ordinal)).toEqual(periods(runs, 0))
      const combinations = first!.map(({ period, share }) => `${period} ${share}`)
      expect(new Set(combinations).size).toBe(runs)
      for (const id of ids) {
        expect(await sweepOf(acme, id)).toMatchObject({
          status: 'completed',
          total: runs,
          remaining: 0,
          expected: runs,
          next_round: null,
          stopped_by: null,
        })
        expect((await findRounds(db, acme, id)).map((round) => round.runs)).toEqual(sizes)
      }
    },
  )

  test('by halving gives the best of a rung more bars, and ranks those that had all', async () => {
    const id = await accept(acme, periods(80), { search: halving })
    await playOut(id)
    const rounds = await findRounds(db, acme, id)
    expect(rounds.map(({ share }) => share)).toEqual([1 / 9, 1 / 3, 1])
    const runs = await runsOf(id)
    const distances = (from: number, to: number) =>
      runs.slice(from, to).map(({ period }) => Math.abs(period - 40))
    const nearest = distances(0, 27).toSorted((a, b) => a - b)
    expect(distances(27, 36).toSorted((a, b) => a - b)).toEqual(nearest.slice(0, 9))
    expect(distances(36, 39).toSorted((a, b) => a - b)).toEqual(nearest.slice(0, 3))
    expect(await ranking(id)).toHaveLength(3)
    const { ordinal, share } = await trialsOf(id)
    expect(ordinal).toHaveLength(27)
    expect(share.filter((one) => one === 1)).toHaveLength(3)
  })

  test('by a model finds the peak that as many runs at random do not surround', async () => {
    const id = await accept(acme, periods(80), { search: tpe })
    await playOut(id)
    const near = (await runsOf(id)).slice(10).filter(({ period }) => Math.abs(period - 40) <= 10)
    expect(near.length).toBeGreaterThan(10)
  })

  test('goes on without the runs that failed, and fails when all do', async () => {
    const some = await accept(acme, periods(80), { search: halving })
    await playOut(some, { fails: (ordinal) => ordinal < 20 })
    expect((await findRounds(db, acme, some)).map(({ runs }) => runs)).toEqual([27, 7, 3])
    expect(await sweepOf(acme, some)).toMatchObject({
      status: 'completed',
      failed: 20,
      total: 37,
      remaining: 0,
    })
    for (const search of [halving, tpe]) {
      const id = await accept(acme, periods(80), { search })
      await playOut(id, { fails: () => true })
      expect(await sweepOf(acme, id)).toMatchObject({ status: 'failed', remaining: 0, error_code: 'UNLUCKY' })
    }
  })

  test('at random may have its failed runs computed once more', async () => {
    const id = await accept(acme, periods(80), { search: { method: 'random', runs: 9, seed } })
    await playOut(id, { fails: (ordinal) => ordinal % 4 === 0 })
    const before = await runsOf(id)
    await db.transaction().execute((tx) => rerunFailed(tx, acme, id))
    await playOut(id)
    expect(await runsOf(id)).toEqual(before.map((run) => ({ ...run, status: 'completed' })))
  })
})

test('a search at random begins anew with another engine, with the same runs', async () => {
  const id = await accept(acme, periods(80), { search: { method: 'random', runs: 9, seed } })
  await playOut(id)
  const before = await runsOf(id)
  const grids = [{ firstOrdinal: 0, axes: axesOf(periods(80)) }]
  await db.transaction().execute((tx) => restartSweep(tx, acme, { id, grids, engineRevision: 2 }))
  await playOut(id)
  expect(await runsOf(id)).toEqual(before)
})

describe('between two rounds', () => {
  const betweenRounds = async () => {
    const id = await accept(acme, periods(80), { search: tpe })
    await endRound(id)
    return { id, job: (await openPlan(id))! }
  }

  test('a plan that is delivered again and again plans once', async () => {
    const { id, job } = await betweenRounds()
    const outcomes = await Promise.all([plan(job), plan(job), plan(job)])
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['duplicate', 'duplicate', 'planned'])
    expect(await plan(job)).toEqual({ kind: 'duplicate' })
    expect(await findRounds(db, acme, id)).toHaveLength(2)
    await playOut(id)
    expect(await runsOf(id)).toHaveLength(30)
  })

  test('a crash in the middle of planning leaves the job to be delivered again', async () => {
    const { id, job } = await betweenRounds()
    await pool.query('alter table sweep_backlog rename to sweep_backlog_away')
    await expect(plan(job)).rejects.toThrow('sweep_backlog')
    await pool.query('alter table sweep_backlog_away rename to sweep_backlog')
    expect(await findRounds(db, acme, id)).toHaveLength(1)
    expect(await openPlan(id)).toMatchObject({ id: job.id })
    expect(await plan(job)).toEqual({ kind: 'planned', runs: 5 })
  })

  test('a sweep is running, and a cancellation keeps it from going on', async () => {
    const { id, job } = await betweenRounds()
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'running', remaining: 0, finished_at: null })
    expect(await findProgress(db, acme, { kind: 'sweep', id })).toMatchObject({ total: 30, remaining: 20 })
    await db.transaction().execute((tx) => cancelSweep(tx, acme, { kind: 'sweep', id }))
    expect(await openPlan(id)).toBeUndefined()
    expect(await plan(job)).toEqual({ kind: 'not wanted' })
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'cancelled', total: 10 })
  })

  test('a pause lets the next round be planned, and its runs wait', async () => {
    const { id, job } = await betweenRounds()
    await pauseSweep(db, acme, id)
    expect(await plan(job)).toEqual({ kind: 'planned', runs: 5 })
    expect(await dispatchSweeps(db, 8)).toEqual({ chunks: 0, outstanding: 0 })
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'paused', remaining: 5 })
    await resumeSweep(db, acme, id)
    await playOut(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', total: 30 })
  })

  test('a plan that never works ends the sweep with what it has', async () => {
    const { id, job } = await betweenRounds()
    await giveUpPlan(db)(job, 'the planner is broken')
    expect(await sweepOf(acme, id)).toMatchObject({
      status: 'failed',
      error_code: 'PLAN_FAILED',
      error_detail: 'the planner is broken',
      computed: 10,
      remaining: 0,
    })
    expect(await openPlan(id)).toBeUndefined()
  })
})

describe('a budget', () => {
  it.each<[Search | undefined, number, readonly number[]]>([
    [undefined, 7, []],
    [{ method: 'random', runs: 20, seed }, 7, [7]],
    [{ method: 'latin_hypercube', runs: 20, seed }, 7, [7]],
    [tpe, 7, [7]],
    [tpe, 10, [10]],
    [tpe, 18, [10, 5, 3]],
  ])('of runs ends %j after exactly %i', async (search, runs, sizes) => {
    const id = await accept(acme, periods(80), { search, budget: { runs } })
    await playOut(id)
    expect(await runsOf(id)).toHaveLength(runs)
    expect(await sweepOf(acme, id)).toMatchObject({
      status: 'completed',
      total: runs,
      expected: runs,
      remaining: 0,
      stopped_by: 'budget',
    })
    expect((await findRounds(db, acme, id)).map((round) => round.runs)).toEqual(sizes)
  })

  test('that a search does not need does not stop it', async () => {
    const id = await accept(acme, periods(80), { search: tpe, budget: { runs: 30 } })
    await playOut(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', total: 30, stopped_by: null })
  })

  const startedSecondsAgo = (id: string, seconds: number) =>
    pool.query(`update sweep set started_at = now() - $2 * interval '1 second' where id = $1`, [id, seconds])

  test('of seconds takes back what no job carries, and what was handed out counts', async () => {
    const id = await accept(acme, periods(20), { budget: { seconds: 60 } })
    await dispatchSweeps(db, 4)
    const jobs = await jobsOf(id)
    await finish(jobs[0]!)
    await startedSecondsAgo(id, 59)
    expect(await stopSpentSweeps(db)).toBe(0)
    await startedSecondsAgo(id, 60)
    expect(await stopSpentSweeps(db)).toBe(1)
    expect(await sweepOf(acme, id)).toMatchObject({
      status: 'running',
      total: 4,
      remaining: 3,
      stopped_by: 'budget',
    })
    await playOut(id)
    expect(await sweepOf(acme, id)).toMatchObject({
      status: 'completed',
      total: 4,
      computed: 4,
      stopped_by: 'budget',
    })
  })

  test('of seconds ends a sweep at once when nothing of it is out', async () => {
    const id = await accept(acme, periods(20), { budget: { seconds: 60 } })
    await dispatchSweeps(db, 4)
    for (const job of await jobsOf(id)) await finish(job)
    await startedSecondsAgo(id, 61)
    await Promise.all([stopSpentSweeps(db), stopSpentSweeps(db), dispatchSweeps(db, 4)])
    await playOut(id)
    const sweep = await sweepOf(acme, id)
    expect(sweep).toMatchObject({ status: 'completed', remaining: 0, stopped_by: 'budget' })
    expect(await runsOf(id)).toHaveLength(sweep.total)
    const ends = await db.selectFrom('event').select('type').where('type', '=', 'sweep.completed').execute()
    expect(ends).toHaveLength(1)
  })

  test('of more seconds than a time can count to keeps no other from its end', async () => {
    const spent = await accept(acme, periods(20), { budget: { seconds: 60 } })
    await dispatchSweeps(db, 4)
    await finish((await jobsOf(spent))[0]!)
    const endless = await accept(acme, periods(20), { budget: { seconds: 1e30 } })
    for (const id of [spent, endless]) await startedSecondsAgo(id, 61)
    expect(await stopSpentSweeps(db)).toBe(1)
    expect(await sweepOf(acme, endless)).toMatchObject({ total: 20, stopped_by: null })
    expect(await sweepOf(acme, spent)).toMatchObject({ stopped_by: 'budget' })
  })

  test('of seconds lets a sweep go on whose only chunk came back, until it has something', async () => {
    const id = await accept(acme, periods(4), { bars: 1000, budget: { seconds: 60 } })
    await dispatchSweeps(db, 4)
    const [job] = await jobsOf(id)
    await startSweep(db, acme, id)
    await splitChunk(db, acme, { ...job!.payload, outboxId: job!.id })
    await startedSecondsAgo(id, 61)
    await stopSpentSweeps(db)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'running', total: 4, stopped_by: null })
    await dispatchSweeps(db, 1)
    await stopSpentSweeps(db)
    await playOut(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', total: 2, stopped_by: 'budget' })
  })

  test('of seconds takes nothing back that is handed out at the same moment', async () => {
    const id = await accept(acme, periods(20), { budget: { seconds: 60 } })
    await dispatchSweeps(db, 1)
    await finish((await jobsOf(id))[0]!)
    await startedSecondsAgo(id, 61)
    const areWaiting = (count: number) => async () => {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rowCount === count
    }
    const blocker = await pool.connect()
    // Holds up the dispatcher between its look at the backlog and the jobs it writes.
    await blocker.query('begin; lock table job_outbox in share mode')
    const dispatching = dispatchSweeps(db, 4)
    await waitFor(areWaiting(1), { describe: 'the dispatcher to wait' })
    const stopping = stopSpentSweeps(db)
    await waitFor(areWaiting(2), { describe: 'the budget to wait for the dispatcher' })
    await blocker.query('commit')
    blocker.release()
    expect((await dispatching).chunks).toBe(4)
    await stopping
    expect(await sweepOf(acme, id)).toMatchObject({ total: 5, remaining: 4 })
    await playOut(id)
    expect(await sweepOf(acme, id)).toMatchObject({ status: 'completed', total: 5, computed: 5 })
  })

  test('of seconds keeps a search from its next round', async () => {
    const id = await accept(acme, periods(80), { search: tpe, budget: { seconds: 60 } })
    await endRound(id)
    await startedSecondsAgo(id, 61)
    expect(await plan((await openPlan(id))!)).toEqual({ kind: 'ended', status: 'completed' })
    expect(await sweepOf(acme, id)).toMatchObject({ total: 10, stopped_by: 'budget' })
  })
})

describe('a ranking with constraints', () => {
  const scoring = objectiveOf({ metric: 'sharpe', constraints: [{ metric: 'trades', atLeast: 30 }] })
  /** The longer the period, the better it looks and the fewer trades it makes. */
  const rankOf = (run: Combination) => {
    const period = periodOf(run)
    return scoreOf({ sharpe: period, trades: 60 - period }, scoring)
  }

  test('has the runs that keep them first, then by how little is missed', async () => {
    const id = await accept(acme, periods(60, 2), { scoring })
    await playOut(id, { rankOf })
    const order = (await ranking(id)).map(({ params }) => Object.values(params)[0] as number)
    expect(order).toEqual([...periods(29, 2).toReversed(), ...periods(31, 31)])
    const { violation } = await trialsOf(id)
    expect(violation.filter((by) => by === 0)).toHaveLength(29)
  })

  test('leads a search to where they are kept', async () => {
    const id = await accept(acme, periods(60, 2), { scoring, search: { ...halving, runs: 27 } })
    await playOut(id, { rankOf })
    const last = (await runsOf(id)).slice(-3).map(({ period }) => period)
    expect(Math.max(...last)).toBeLessThanOrEqual(30)
  })

  test('says so to the workers, and only then', async () => {
    const needs = async (settings: Parameters<typeof accept>[2]) => {
      const id = await accept(acme, periods(3), settings)
      await dispatchSweeps(db, 100)
      return (await jobsOf(id))[0]?.payload.needs
    }
    expect(await needs({})).toBeUndefined()
    expect(await needs({ budget: { runs: 2 } })).toBeUndefined()
    expect(await needs({ scoring })).toEqual(['scoring'])
    expect(await needs({ search: tpe, scoring })).toEqual(['search', 'scoring'])
  })
})
