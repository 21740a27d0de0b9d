import { ENGINE_REVISION, DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { importCandles, type ImportResult } from '@botcriptofy/store/candles'
import type { Db, OpenDatabase } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { waitFor } from '@botcriptofy/testkit/wait'

/** So few that computing a backtest is nothing beside carrying it. */
const BARS = 60
const SERIES = { venue: 'simulator', symbol: 'SIM/USDT', timeframe: '1d' }

export const importTinySeries = (database: OpenDatabase, owner: TenantScope): Promise<ImportResult> =>
  importCandles(
    database,
    { ...SERIES, owner, isSimulated: true },
    generateCandles({
      seed: 7,
      bars: BARS,
      startMs: Date.UTC(2024, 0, 1),
      timeframeMs: 86_400_000,
      startPrice: 30_000,
    }),
  )

let strategies = 0

/** Each call gives one that nobody has asked for before, so no result is known. */
const freshStrategy = (): Strategy => ({ ...SMA_CROSS, stopLoss: { fraction: 0.01 + ++strategies * 1e-7 } })

/** Over HTTP, the way a user submits. */
export const submitOverHttp = (url: string, apiKey: string) => async (): Promise<void> => {
  const response = await fetch(`${url}/v1/backtests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ strategy: freshStrategy(), candles: SERIES }),
  })
  const answer = await response.text()
  if (response.status !== 202) throw new Error(`POST /v1/backtests answered ${response.status}: ${answer}`)
}

/** The same rows without the API: what is left is Postgres, relay, queue and worker. */
export const submitToStore =
  ({ db }: OpenDatabase, scope: TenantScope, series: ImportResult) =>
  async (): Promise<void> => {
    await db.transaction().execute(async (tx) =>
      acceptSweep(tx, scope, {
        kind: 'backtest',
        strategySha256: await saveStrategyBody(tx, scope, freshStrategy()),
        axes: [],
        config: DEFAULT_BACKTEST_CONFIG,
        objective: 'sharpe',
        seriesId: series.seriesId,
        fromMs: series.fromMs,
        toMs: series.toMs,
        bars: BARS,
        datasetDigest: series.digest,
        engineRevision: ENGINE_REVISION,
      }),
    )
  }

const POLL_MS = 10
const LIMIT_MS = 120_000

/** Ids are made in the order of time, so this is where the backtests of a round begin. */
export const lastBacktestId = async ({ db }: OpenDatabase): Promise<string> => {
  const row = await backtests(db).select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row?.id ?? '00000000-0000-0000-0000-000000000000'
}

const backtests = (db: Db) => db.selectFrom('sweep').where('kind', '=', 'backtest')

/**
 * Waits until every backtest after `afterId` has completed. Asked for the newest open one, Postgres nearly always finds
 * it at the first place it looks: counting rows instead cost more than the backtests did.
 */
export const waitUntilCompleted = async (
  { db }: OpenDatabase,
  scope: TenantScope,
  { afterId, jobs }: { readonly afterId: string; readonly jobs: number },
): Promise<void> => {
  const submitted = backtests(db).where('tenant_id', '=', scope.tenantId).where('id', '>', afterId)
  const open = submitted.select('id').where('status', 'in', ['queued', 'running']).orderBy('id', 'desc')
  await waitFor(async () => (await open.limit(1).execute()).length === 0, {
    describe: `${jobs} completed backtests`,
    everyMs: POLL_MS,
    limitMs: LIMIT_MS,
  })
  const ended = await submitted.select(['status', 'error_detail']).execute()
  const completed = ended.filter(({ status }) => status === 'completed').length
  if (completed !== jobs) {
    const reason = ended.find(({ error_detail }) => error_detail !== null)?.error_detail ?? 'none named'
    throw new Error(`expected ${jobs} completed backtests, was ${completed}; reason: ${reason}`)
  }
}

/** Calls `submit` so many times, with at most `inFlight` calls at once. */
export const submitAll = async (
  submit: () => Promise<unknown>,
  { jobs, inFlight }: { readonly jobs: number; readonly inFlight: number },
): Promise<void> => {
  let left = jobs
  const lane = async () => {
    while (left-- > 0) await submit()
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}
