import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Rank } from '@botcriptofy/engine/sweep'
import { type SweepChunkPayload, sweepChunkPayload } from '@botcriptofy/contracts/sweep'
import { newId } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import {
  acceptSweep,
  type ChunkOutcome,
  completeChunk,
  findSweep,
  findSweepForWork,
  type FinishedRun,
  type NewSweep,
} from '@botcriptofy/store/sweep'
import { scopeOf, type TenantScope } from '@botcriptofy/store/tenant'
import { type TestDatabase, testDatabase } from '@botcriptofy/testkit/database'
import { type Combination, combinationsOf, failedRun } from '../../apps/worker/src/sweep/combinations.ts'

const PERIOD = 'indicators.a.params.period'
const strategy: Strategy = {
  name: 'x',
  version: 1,
  direction: 'long',
  indicators: { a: { type: 'sma', params: { period: 5 } } },
  entry: { long: { left: 'close', op: '>', right: 'a' } },
  sizing: { kind: 'equityFraction', value: 1 },
}
export const periods = (count: number, first = 2) => Array.from({ length: count }, (_, k) => first + k)
export const axesOf = (values: readonly number[]) => [[PERIOD, values]] as const

export type OutboxJob = Awaited<ReturnType<Awaited<ReturnType<typeof openSweepStore>>['jobsOf']>>[number]

type Settings = Partial<
  Pick<NewSweep, 'kind' | 'bars' | 'priority' | 'search' | 'budget' | 'scoring' | 'traceparent'>
>

/** Sweeps in Postgres without a queue: the test hands chunks out and ends them itself. */
export const openSweepStore = async (given?: TestDatabase) => {
  const database = given ?? (await testDatabase())
  const { db } = database
  const seriesId = newId()
  const series = { id: seriesId, tenant_id: null, venue: 'v', symbol: 'C/D', timeframe: '1d' }
  await db.insertInto('series').values(series).execute()

  const tenant = async (): Promise<TenantScope> => {
    const scope = scopeOf(newId())
    await db.insertInto('tenant').values({ id: scope.tenantId, name: scope.tenantId }).execute()
    return scope
  }

  /** Of so many bars that each run is a chunk of its own, unless told otherwise. */
  const accept = async (
    scope: TenantScope,
    values: readonly number[],
    { bars = 5_000_000, ...settings }: Settings = {},
  ): Promise<string> => {
    const { id } = await acceptSweep(db, scope, {
      kind: 'sweep',
      ...settings,
      strategySha256: await saveStrategyBody(db, scope, strategy),
      axes: axesOf(values),
      config: DEFAULT_BACKTEST_CONFIG,
      objective: 'sharpe',
      seriesId,
      fromMs: 0,
      toMs: 1,
      bars,
      datasetDigest: 'd',
      engineRevision: 1,
    })
    return id
  }

  const jobsOf = async (sweepId?: string) => {
    let query = db.selectFrom('job_outbox').selectAll().where('name', '=', 'sweep.chunk').orderBy('id')
    if (sweepId !== undefined) query = query.where('subject_id', '=', sweepId)
    const rows = await query.execute()
    return rows.map((row) => ({ ...row, payload: sweepChunkPayload.parse(row.payload) }))
  }

  /** What a worker does with a chunk, without the computing; `fails` says which runs do. */
  const finish = async (
    job: { readonly id: string; readonly payload: SweepChunkPayload },
    fails: (ordinal: number) => boolean = () => false,
    rankOf: (run: Combination) => Rank = ({ ordinal }) => ({ score: ordinal, violation: 0 }),
  ): Promise<ChunkOutcome> => {
    const { tenantId, sweepId, from, to, attempt } = job.payload
    const scope = scopeOf(tenantId)
    const sweep = await findSweepForWork(db, scope, sweepId)
    if (sweep === undefined) throw new Error(`expected the sweep ${sweepId}, was none`)
    const combinations = combinationsOf(sweep, { from, to })
    const runs = combinations.map((combination): FinishedRun => {
      const { ordinal, params, share, paramsSha256 } = combination
      if (fails(ordinal)) return failedRun(combination, { code: 'UNLUCKY', detail: String(ordinal) })
      const address = `${sweepId}-${paramsSha256}`
      return {
        ordinal,
        params,
        paramsSha256,
        status: 'completed',
        address,
        isCached: false,
        share,
        rank: rankOf(combination),
      }
    })
    const results = runs.flatMap((run) => (run.status === 'completed' ? resultOf(run.address) : []))
    return completeChunk(db, scope, { sweepId, outboxId: job.id, from, to, attempt, runs, results })
  }

  const sweepOf = async (scope: TenantScope, id: string) => {
    const sweep = await findSweep(db, scope, { kind: 'sweep', id })
    if (sweep === undefined) throw new Error(`expected the sweep ${id}, was none`)
    return sweep
  }

  return { ...database, tenant, accept, jobsOf, finish, sweepOf }
}

const resultOf = (address: string) => ({
  address,
  engine: '0.1.0',
  engineRevision: 1,
  bars: 10,
  lowSample: true,
  finalEquity: 1,
  band: { worst: 1, best: 1, ambiguousBars: 0 },
  metrics: { sharpe: 1 },
  metricReasons: {},
  recommendations: [],
  tradesSha256: 't',
  tradeCount: 0,
  blobs: null,
  computeMs: 1000,
})
