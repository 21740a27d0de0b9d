import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { type Candles, generateCandles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Axis } from '@botcriptofy/engine/sweep'
import { type ImportResult, importCandles } from '@botcriptofy/store/candles'
import { newId, type OpenDatabase } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep, findSweep } from '@botcriptofy/store/sweep'
import { scopeOf, type TenantScope } from '@botcriptofy/store/tenant'
import { waitFor } from '@botcriptofy/testkit/wait'

/** A rule tree over five indicators, so that a run on a million bars is real work. */
export const ruleTree: Strategy = {
  name: 'rule-tree',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'ema', params: { period: 20 } },
    slow: { type: 'sma', params: { period: 100 } },
    strength: { type: 'rsi', params: { period: 14 } },
    bands: { type: 'bbands', params: { period: 20, stdDev: 2 } },
    trend: { type: 'adx', params: { period: 14 } },
  },
  entry: {
    long: {
      all: [
        { left: 'fast', op: 'crosses_above', right: 'slow' },
        {
          any: [{ left: 'strength', op: '>', right: 50 }, { not: { left: 'trend.adx', op: '<', right: 20 } }],
        },
      ],
    },
    short: {
      all: [
        { left: 'fast', op: 'crosses_below', right: 'slow' },
        {
          any: [
            { left: 'strength', op: '<', right: 50 },
            { left: 'close', op: '<', right: 'bands.lower' },
          ],
        },
      ],
    },
  },
  stopLoss: { fraction: 0.02 },
  takeProfit: { fraction: 0.04 },
  sizing: { kind: 'equityFraction', value: 0.5 },
}

/** Twenty by ten parameters that no other test uses, so that nothing is known before. */
export const twoHundred: readonly Axis[] = [
  ['indicators.fast.params.period', Array.from({ length: 20 }, (_, k) => 11 + k)],
  ['indicators.slow.params.period', Array.from({ length: 10 }, (_, k) => 90 + 7 * k)],
]

export const minutes = (bars: number, seed: number): Candles =>
  generateCandles({ seed, bars, startMs: Date.UTC(2023, 0, 1), timeframeMs: 60_000, startPrice: 20_000 })

export interface Submitted {
  readonly scope: TenantScope
  readonly id: string
}

/** A tenant with a series and a sweep over it, as the API would have accepted it. */
export const submitSweep = async (
  database: OpenDatabase,
  options: { readonly candles: Candles; readonly axes: readonly Axis[] },
): Promise<Submitted> => {
  const scope = scopeOf(newId())
  await database.db.insertInto('tenant').values({ id: scope.tenantId, name: scope.tenantId }).execute()
  const target = { venue: 'simulator', symbol: 'SIM/USDT', timeframe: '1m', owner: scope, isSimulated: true }
  const imported: ImportResult = await importCandles(database, target, options.candles)
  return database.db.transaction().execute(async (tx) => {
    const { id } = await acceptSweep(tx, scope, {
      kind: 'sweep',
      strategySha256: await saveStrategyBody(tx, scope, ruleTree),
      axes: options.axes,
      config: DEFAULT_BACKTEST_CONFIG,
      objective: 'sharpe',
      seriesId: imported.seriesId,
      fromMs: imported.fromMs,
      toMs: imported.toMs,
      bars: options.candles.time.length,
      datasetDigest: imported.digest,
      engineRevision: ENGINE_REVISION,
    })
    return { scope, id }
  })
}

/** What must hold of a finished sweep, whatever happened on the way: every combination once, and counted once. */
export const auditSweep = async ({ db }: OpenDatabase, { scope, id }: Submitted) => {
  const sweep = await findSweep(db, scope, { kind: 'sweep', id })
  const runs = await db
    .selectFrom('sweep_run')
    .select(['ordinal', 'status', 'address'])
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()
  const open = await db
    .selectFrom('job_outbox')
    .select('id')
    .where('subject_id', '=', id)
    .where('done_at', 'is', null)
    .execute()
  return {
    status: sweep?.status,
    remaining: sweep?.remaining,
    failed: sweep?.failed,
    ordinals: runs.map((run) => run.ordinal),
    distinctResults: new Set(runs.map((run) => run.address)).size,
    openJobs: open.length,
  }
}

/** Waits until no job of the sweep is open. */
export const atRest = (database: OpenDatabase, sweep: Submitted, limitMs: number) =>
  waitFor(async () => (await auditSweep(database, sweep)).openJobs === 0, {
    describe: 'the jobs of the sweep to end',
    limitMs,
  })

export const countRuns = async ({ db }: OpenDatabase, id: string): Promise<number> => {
  const row = await db
    .selectFrom('sweep_run')
    .select((eb) => eb.fn.countAll<number>().as('runs'))
    .where('sweep_id', '=', id)
    .executeTakeFirstOrThrow()
  return Number(row.runs)
}

/** What `auditSweep` says of a sweep of `total` that lost and doubled nothing. */
export const complete = (total: number) => ({
  status: 'completed',
  remaining: 0,
  failed: 0,
  ordinals: Array.from({ length: total }, (_, ordinal) => ordinal),
  distinctResults: total,
  openJobs: 0,
})
