import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { type Db, newId, openDatabase } from '@botcriptofy/store/database'
import { waitFor } from '@botcriptofy/testkit/wait'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Evidence } from './lab/evidence.ts'
import { gatherRedis, leftSessions, livingWith } from './lab/gather.ts'
import { INVARIANTS } from './lab/invariants/index.ts'
import { finishRun } from './lab/lab.ts'
import type { Asked } from './lab/asked.ts'
import { judge } from './lab/report.ts'

const SEED = 20
let run: Awaited<ReturnType<typeof finishRun>>

beforeAll(async () => {
  const { signal } = new AbortController()
  run = await finishRun({ seed: SEED, minutes: 0.2, say: () => undefined, signal })
}, 180_000)
afterAll(async () => run.close(), 60_000)

test(`a short run with seed ${SEED} violates nothing, and everything was looked at`, async () => {
  expect(run.history.length).toBeGreaterThanOrEqual(4)
  const { violations, invariants } = await judge(run.evidence, INVARIANTS, run.history)
  expect(violations).toEqual([])
  // Whether a cancellation or a pause is confirmed depends on what the faults leave of the time.
  const { 'cancelled-stay': _cancel, 'pauses-answered': _pause, ...rest } = invariants
  for (const [name, { checked }] of Object.entries(rest))
    expect({ name, checked }).not.toEqual({ name, checked: 0 })
}, 60_000)

class RollBack extends Error {}

/** The invariants that a changed state violates; the change is undone. */
const violatedAfter = async (change: (tx: Db) => Promise<unknown>): Promise<readonly string[]> => {
  let names: readonly string[] = []
  const undone = run.evidence.db.transaction().execute(async (tx) => {
    await change(tx)
    names = await violated({ ...run.evidence, db: tx })
    throw new RollBack()
  })
  await expect(undone).rejects.toBeInstanceOf(RollBack)
  return names
}

const violated = async (evidence: Evidence): Promise<readonly string[]> => {
  // A few results are enough where all of them are wrong, and none is looked at for the rest.
  const { invariants } = await judge({ ...evidence, sampleSize: 3 }, INVARIANTS, run.history)
  return Object.entries(invariants).flatMap(([name, { violations }]) => (violations > 0 ? [name] : []))
}

/** A complete sweep that nobody wanted to cancel, extend or rerun, with at least three combinations. */
const sweepId = (): string => {
  const ids = run.evidence.asked.flatMap((one) =>
    one.kind === 'sweep' && one.cancel === undefined && one.reopening === undefined ? [...one.ids] : [],
  )
  const [id] = ids
  if (id === undefined) throw new Error('expected a complete sweep, was none')
  return id
}

/** What a broken build could leave behind, and the invariant that has to tell. */
const sabotage: readonly (readonly [
  invariant: string,
  what: string,
  change: (id: string) => RawBuilder<unknown>,
])[] = [
  ['accepted-exist', 'an accepted sweep lost', (id) => sql`delete from sweep where id = ${id}`],
  ['accepted-exist', 'a combination less', (id) => sql`update sweep set total = total - 1 where id = ${id}`],
  ['ended', 'a pause without an end', (id) => sql`update sweep set status = 'paused' where id = ${id}`],
  ['ended', 'a sweep that never ends', (id) => sql`update sweep set status = 'running' where id = ${id}`],
  [
    'ended',
    'a cancellation out of nowhere',
    (id) => sql`update sweep set status = 'cancelled' where id = ${id}`,
  ],
  [
    'ended',
    'a run given up',
    (id) => sql`update sweep set failed = 1, error_code = 'JOB_FAILED' where id = ${id}`,
  ],
  [
    'combinations-once',
    'a run lost',
    (id) => sql`delete from sweep_run where sweep_id = ${id} and ordinal = 0`,
  ],
  [
    'combinations-once',
    'a combination twice',
    (id) => sql`update sweep_run set ordinal = 1, params = (
          select params from sweep_run as other where other.sweep_id = ${id} and other.ordinal = 1
        ) where sweep_id = ${id} and ordinal = 0`,
  ],
  [
    'combinations-once',
    'parameters of another run',
    (id) => sql`update sweep_run set params = (
          select params from sweep_run as other where other.sweep_id = ${id} and other.ordinal = 1
        ) where sweep_id = ${id} and ordinal = 0`,
  ],
  ['counters-exact', 'one too many to go', (id) => sql`update sweep set remaining = 1 where id = ${id}`],
  [
    'counters-exact',
    'one counted twice',
    (id) => sql`update sweep set computed = computed + 1 where id = ${id}`,
  ],
  ['identical-results', 'other trades', () => sql`update backtest_result set trades_sha256 = 'x'`],
  [
    'identical-results',
    'another last digit',
    () => sql`update backtest_result set final_equity = final_equity * (1 + 1e-15)`,
  ],
  [
    'identical-results',
    'another metric',
    () => sql`update backtest_result set metrics = metrics || '{"trades": -1}'`,
  ],
  [
    'whole-transactions',
    'a result before its run',
    (id) => sql`update sweep_run set is_cached = true where sweep_id = ${id} and ordinal = 0`,
  ],
  [
    'whole-transactions',
    'a result without its run',
    (id) => sql`delete from sweep_run where sweep_id = ${id} and ordinal = 0`,
  ],
  [
    'effects-once',
    'an effect twice',
    (id) => sql`insert into job_effect (type, key) values ('sweep.chunk', ${`${id}/0-2`})`,
  ],
  ['effects-once', 'effects lost', (id) => sql`delete from job_effect where key like ${`${id}/%`}`],
  [
    'effects-once',
    'an effect without its runs',
    (id) => sql`delete from sweep_run where sweep_id = ${id} and ordinal = 0`,
  ],
  [
    'best-kept',
    'runs of the best without their trades and equity',
    (id) => sql`update backtest_result set trades = null, equity = null where address in (
        select address from sweep_run where sweep_id = ${id})`,
  ],
  [
    'best-kept',
    'trades of another run',
    () => sql`update backtest_result set trades = (
        select trades from backtest_result where trades is not null order by address limit 1
      ) where trades is not null`,
  ],
  [
    'one-run-per-key',
    'a second sweep for one request',
    (
      id,
    ) => sql`insert into sweep select (jsonb_populate_record(sweep, jsonb_build_object('id', ${newId()}::text))).*
        from sweep where id = ${id}`,
  ],
  [
    'one-run-per-key',
    'an answer that was not stored',
    (id) => sql`delete from idempotency_key where body like ${`%${id}%`}`,
  ],
  [
    'imports-whole',
    'a bar lost',
    () => sql`delete from candle where (series_id, open_ms) in (
        select series_id, min(open_ms) from candle join series on series.id = series_id
        where symbol = 'IMPORT/USDT' group by series_id)`,
  ],
  ['imports-whole', 'the digest of other bars', () => sql`update series_month set sha256 = 'x'`],
  ['walkforwards-same', 'an accepted one lost', () => sql`delete from walkforward`],
  ['walkforwards-same', 'one given up', () => sql`update walkforward set status = 'failed'`],
  [
    'walkforwards-same',
    'another last digit',
    () => sql`update walkforward set result = jsonb_set(result, '{finalEquity}', '10000.000000000002')`,
  ],
  [
    'events-once',
    'an end told twice',
    (id) => sql`insert into event (id, seq, tenant_id, type, subject_id, time_ms, data)
        select ${newId()}, (select max(seq) + 1 from event), tenant_id, type, subject_id, time_ms, data
        from event where subject_id = ${id} and type = 'sweep.completed'`,
  ],
  [
    'events-once',
    'an end never told',
    (id) => sql`delete from event where subject_id = ${id} and type like '%.completed'`,
  ],
  [
    'events-once',
    'the wrong end',
    () => sql`update event set type = 'sweep.failed' where type = 'sweep.completed'`,
  ],
  [
    'backlog-empty',
    'a chunk never handed out',
    (id) => sql`insert into sweep_backlog (tenant_id, sweep_id, from_ordinal, to_ordinal)
        select tenant_id, id, 0, 1 from sweep where id = ${id}`,
  ],
  ['events-numbered', 'an event left out', () => sql`update event set seq = null where seq = 2`],
  ['events-numbered', 'a gap', () => sql`delete from event where seq = 2`],
  [
    'outbox-empty',
    'a job without its effect',
    (id) => sql`update job_outbox set done_at = null where subject_id = ${id}`,
  ],
]

describe('the invariants name what is wrong:', () => {
  test.each(sabotage)('%s tells of %s', async (invariant, _what, change) => {
    expect(await violatedAfter((tx) => change(sweepId()).execute(tx))).toContain(invariant)
  })

  test('cancelled-stay tells of a run after the cancellation, and of one that was not cancelled', async () => {
    const isWhole = ({ kind, ids, cancel }: Asked) =>
      kind === 'sweep' && ids.size === 1 && cancel === undefined
    const one = run.evidence.asked.find(isWhole)
    const cancelled = {
      ...run.evidence,
      asked: run.evidence.asked.map((asked) =>
        asked === one ? { ...asked, cancel: { ackMs: 0, answer: '200 cancelled' } } : asked,
      ),
    }
    const { findings } = await invariantNamed('cancelled-stay').check(cancelled)
    expect(findings.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/confirmed, but it is completed/),
      expect.stringMatching(/runs were added after/),
    ])
  })

  test('one-run-per-key tells of two answers for one key', async () => {
    const asked = run.evidence.asked.map((one, place) =>
      place === 0 ? { ...one, ids: new Set([...one.ids, newId()]) } : one,
    )
    expect(await violated({ ...run.evidence, asked })).toContain('one-run-per-key')
  })

  test('pauses-answered tells of a pause that went wrong', async () => {
    const asked = run.evidence.asked.map((one, place) =>
      place === 0 ? { ...one, moves: ['404 NOT_FOUND'] } : one,
    )
    expect(await violated({ ...run.evidence, asked })).toEqual(['pauses-answered'])
  })

  test.each([
    ['an event twice', (seqs: readonly number[]) => [...seqs, ...seqs.slice(-1)]],
    ['one left out', (seqs: readonly number[]) => seqs.toSpliced(1, 1)],
    ['two turned round', ([first = 0, second = 0, ...rest]: readonly number[]) => [second, first, ...rest]],
  ])('events-told tells of %s', async (_what, change) => {
    const told = run.evidence.told.map((one) => ({ ...one, seqs: change(one.seqs) }))
    expect(await violated({ ...run.evidence, told })).toEqual(['events-told'])
  })

  test('imports-whole tells of an import that was refused', async () => {
    const imports = run.evidence.imports.map((one) => ({
      ...one,
      pieces: one.pieces.map(({ candles }) => ({ candles, answer: '422 INVALID_CANDLES' })),
    }))
    expect(await violated({ ...run.evidence, imports })).toEqual(['imports-whole'])
  })

  test('quiet tells of a sweep that did not come to rest', async () => {
    expect(await violated({ ...run.evidence, unquiet: ['sweep x'] })).toEqual(['quiet'])
  })

  test('redis-bounded tells of a job left waiting and of a key that no list has', async () => {
    const { queue, redis } = run
    const job = await queue.add('sweep.chunk', {}, { jobId: `${newId()}-0` })
    const stray = queue.toKey(`${newId()}-0`)
    await redis.hset(stray, 'name', 'stray')
    const { findings } = await invariantNamed('redis-bounded').check({
      ...run.evidence,
      redis: await gatherRedis(queue, redis),
    })
    await job.remove()
    await redis.del(stray)
    expect(findings.map(({ ids, detail }) => [...ids, detail])).toEqual([
      ['1 jobs are still wait'],
      [stray, expect.stringContaining('no list')],
    ])
  })

  test.runIf(process.platform === 'linux')('no-orphans tells of a process that lives on', async () => {
    const tag = randomUUID()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      env: { TAG: tag },
      stdio: 'ignore',
    })
    const orphans = await waitFor(() => livingWith(tag, []), {
      describe: 'the process to be seen',
    }).finally(() => child.kill('SIGKILL'))
    expect(orphans).toEqual([expect.stringContaining(String(child.pid))])
    const processes = { ...run.evidence.processes, orphans }
    expect(await violated({ ...run.evidence, processes })).toEqual(['no-orphans'])
  })

  test('no-orphans tells of a session that nobody ended', async () => {
    const left = openDatabase({ url: run.services.databaseUrl, poolSize: 1, name: 'botcriptofy-worker' })
    await left.pool.query('select 1')
    const sessions = await leftSessions(run.evidence.db, 200)
    await left.close()
    expect(sessions).toEqual([expect.stringMatching(/^botcriptofy-worker \d+ idle$/)])
    const processes = { ...run.evidence.processes, sessions }
    expect(await violated({ ...run.evidence, processes })).toEqual(['no-orphans'])
  })
})

const invariantNamed = (name: string) => {
  const invariant = INVARIANTS.find((one) => one.name === name)
  if (invariant === undefined) throw new Error(`expected an invariant, was ${name}`)
  return invariant
}
