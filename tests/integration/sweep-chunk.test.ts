import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import type { BacktestResultRow } from '@botcriptofy/store/backtest'
import { newId } from '@botcriptofy/store/database'
import { publishEvents, findEvents } from '@botcriptofy/store/event'
import {
  acceptSweep,
  cancelSweep,
  completeChunk,
  deleteSweep,
  dispatchSweeps,
  type FinishedChunk,
  findSweep,
  listRuns,
  reduceSweep,
  startSweep,
} from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { db, pool, close } = await testDatabase()
const scope = scopeOf(newId())
const stranger = scopeOf(newId())
const seriesId = newId()

beforeAll(async () => {
  await db
    .insertInto('tenant')
    .values([
      { id: scope.tenantId, name: 'acme' },
      { id: stranger.tenantId, name: 'rival' },
    ])
    .execute()
  await db
    .insertInto('series')
    .values({ id: seriesId, tenant_id: null, venue: 'v', symbol: 'A/B', timeframe: '1d' })
    .execute()
  await db
    .insertInto('strategy_body')
    .values({ tenant_id: scope.tenantId, sha256: 's', body: '{"name":"x"}' })
    .execute()
})
afterAll(close)

/** Accepted, and all its chunks handed out. */
const accept = async (values: readonly number[], bars = 5_000_000) => {
  const accepted = await acceptSweep(db, scope, {
    kind: 'sweep',
    strategySha256: 's',
    axes: [['indicators.a.params.period', values]],
    config: DEFAULT_BACKTEST_CONFIG,
    objective: 'sharpe',
    seriesId,
    fromMs: 0,
    toMs: 1,
    bars,
    datasetDigest: 'd',
    engineRevision: 1,
  })
  await dispatchSweeps(db, 10_000)
  return accepted
}

const result = (address: string, sharpe: number, blobs = true): BacktestResultRow => ({
  address,
  engine: '0.1.0',
  engineRevision: 1,
  bars: 10,
  lowSample: true,
  finalEquity: 1,
  band: { worst: 1, best: 1, ambiguousBars: 0 },
  metrics: { sharpe },
  metricReasons: {},
  recommendations: [],
  tradesSha256: 't',
  tradeCount: 0,
  blobs: blobs ? { trades: Buffer.from('t'), equity: Buffer.from('e') } : null,
  computeMs: 1,
})

/** One combination a chunk, as the dispatcher cuts them for long series. */
const chunkOf = async (sweepId: string, ordinal: number, sharpe = ordinal): Promise<FinishedChunk> => {
  const job = await db
    .selectFrom('job_outbox')
    .select('id')
    .where('subject_id', '=', sweepId)
    .orderBy('id')
    .offset(ordinal)
    .limit(1)
    .executeTakeFirstOrThrow()
  const address = `${sweepId}-${ordinal}`
  return {
    sweepId,
    outboxId: job.id,
    from: ordinal,
    to: ordinal + 1,
    runs: [
      {
        ordinal,
        params: { p: ordinal },
        paramsSha256: `p${ordinal}`,
        status: 'completed',
        address,
        isCached: false,
        share: 1,
        rank: { score: sharpe, violation: 0 },
      },
    ],
    results: [result(address, sharpe)],
  }
}

const isSomebodyWaiting = async () => {
  const { rowCount } = await pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rowCount === 1
}

const one = (id: string) => findSweep(db, scope, { kind: 'sweep', id })

describe('completeChunk', () => {
  test('counts a chunk once however often it is delivered', async () => {
    const { id } = await accept([1, 2, 3])
    const chunk = await chunkOf(id, 0)
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => completeChunk(db, scope, chunk)))
    expect(outcomes.map((outcome) => outcome.kind).toSorted()).toEqual([
      'counted',
      'duplicate',
      'duplicate',
      'duplicate',
    ])
    expect(await one(id)).toMatchObject({ remaining: 2, computed: 1, status: 'running' })
  })

  test('ends the sweep with its last chunk, whatever the order', async () => {
    const { id } = await accept([1, 2, 3])
    for (const ordinal of [2, 0, 1]) await completeChunk(db, scope, await chunkOf(id, ordinal))
    const row = await one(id)
    expect(row).toMatchObject({ remaining: 0, computed: 3, failed: 0, status: 'completed' })
    expect(row?.finished_at).toBeInstanceOf(Date)
  })

  test('a failure is counted with its reason and does not fail the others', async () => {
    const { id } = await accept([1, 2])
    await completeChunk(db, scope, await chunkOf(id, 0))
    const failing = await chunkOf(id, 1)
    const [run] = failing.runs
    await completeChunk(db, scope, {
      ...failing,
      runs: [{ ...run!, status: 'failed', errorCode: 'DATASET_CHANGED', errorDetail: 'moved' }],
      results: [],
    })
    expect(await one(id)).toMatchObject({ status: 'completed', failed: 1, error_code: 'DATASET_CHANGED' })
  })

  test('leaves a cancelled sweep as it is', async () => {
    const { id } = await accept([1, 2])
    const chunk = await chunkOf(id, 0)
    await cancelSweep(db, scope, { kind: 'sweep', id })
    expect(await completeChunk(db, scope, chunk)).toEqual({ kind: 'cancelled' })
    expect(await one(id)).toMatchObject({ status: 'cancelled', remaining: 2 })
    expect(await startSweep(db, scope, id)).toBe(false)
  })

  test('and a cancellation at the same time do not wait for each other', async () => {
    const { id } = await accept([1])
    const chunk = await chunkOf(id, 0)
    const name = { kind: 'sweep', id } as const
    const [completion] = await db.transaction().execute(async (tx) => {
      await tx.selectFrom('sweep').select('id').where('id', '=', id).forUpdate().execute()
      const completing = completeChunk(db, scope, chunk)
      await waitFor(isSomebodyWaiting, { describe: 'the chunk to wait for the sweep' })
      await cancelSweep(tx, scope, name)
      return [completing]
    })
    expect(await completion).toEqual({ kind: 'cancelled' })
    expect(await one(id)).toMatchObject({ status: 'cancelled', remaining: 1 })
  })

  test.each([
    ['the best twenty', (ordinal: number) => ordinal, 5],
    ['the first twenty where all are equal', () => 1, 0],
  ])('of the trades that workers of before kept, those of %s stay', async (_which, sharpeOf, firstKept) => {
    const { id } = await accept(Array.from({ length: 25 }, (_, k) => k))
    for (let ordinal = 0; ordinal < 25; ordinal++) {
      await completeChunk(db, scope, await chunkOf(id, ordinal, sharpeOf(ordinal)))
    }
    const { id: outboxId } = await db
      .selectFrom('job_outbox')
      .select('id')
      .where('subject_id', '=', id)
      .where('name', '=', 'sweep.reduce')
      .executeTakeFirstOrThrow()
    await reduceSweep(db, scope, { sweepId: id, outboxId, runs: [], computeMs: 0 })
    const kept = await db
      .selectFrom('backtest_result')
      .innerJoin('sweep_run', 'sweep_run.address', 'backtest_result.address')
      .select('sweep_run.ordinal')
      .where('sweep_run.sweep_id', '=', id)
      .where('backtest_result.trades', 'is not', null)
      .orderBy('sweep_run.ordinal')
      .execute()
    expect(kept.map((row) => row.ordinal)).toEqual(Array.from({ length: 20 }, (_, k) => k + firstKept))
  })

  test('sorts runs by any metric with undefined ones last', async () => {
    const { id } = await accept([1, 2, 3])
    for (const [ordinal, sharpe] of [3, 9, 6].entries())
      await completeChunk(db, scope, await chunkOf(id, ordinal, sharpe))
    const page = { sweepId: id, sort: 'sharpe', direction: 'desc', limit: 10, offset: 0 } as const
    expect((await listRuns(db, scope, page)).map((run) => run.ordinal)).toEqual([1, 2, 0])
    expect((await listRuns(db, scope, { ...page, sort: 'sortino' })).map((run) => run.ordinal)).toEqual([
      0, 1, 2,
    ])
    expect(await listRuns(db, stranger, page)).toEqual([])
  })
})

test('another tenant neither sees, cancels nor deletes a sweep', async () => {
  const { id } = await accept([1])
  expect(await findSweep(db, stranger, { kind: 'sweep', id })).toBeUndefined()
  expect(await cancelSweep(db, stranger, { kind: 'sweep', id })).toBeUndefined()
  await completeChunk(db, scope, await chunkOf(id, 0))
  expect(await deleteSweep(db, stranger, { kind: 'sweep', id })).toBe(false)
  expect(await deleteSweep(db, scope, { kind: 'sweep', id })).toBe(true)
})

test('chunks of a sweep cover every combination once', async () => {
  const { id } = await accept(
    Array.from({ length: 100 }, (_, k) => k),
    300,
  )
  const jobs = await db
    .selectFrom('job_outbox')
    .select('payload')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute()
  const ranges = jobs.map(({ payload }) => payload as { from: number; to: number })
  expect(ranges[0]?.from).toBe(0)
  expect(ranges.at(-1)?.to).toBe(100)
  for (const [k, range] of ranges.entries()) if (k > 0) expect(range.from).toBe(ranges[k - 1]?.to)
})

test('events are numbered without a hole in the order they are published', async () => {
  while ((await publishEvents(db, 3)) > 0);
  const events = await findEvents(db, scope, { afterSeq: 0, limit: 1000 })
  expect(events.map((event) => event.seq)).toEqual(events.map((_, k) => k + 1))
  expect(await findEvents(db, stranger, { afterSeq: 0, limit: 10 })).toEqual([])
})
