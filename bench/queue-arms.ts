import { ENGINE_REVISION, DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { importCandles, type ImportResult } from '@botcriptofy/store/candles'
import type { OpenDatabase } from '@botcriptofy/store/database'
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

/** How many backtests have completed in all; one that failed ends the benchmark. */
export const countCompleted = async ({ db }: OpenDatabase): Promise<number> => {
  const { completed, failed } = await db
    .selectFrom('sweep')
    .select(({ fn }) => [
      fn.countAll<number>().filterWhere('status', '=', 'completed').as('completed'),
      fn.countAll<number>().filterWhere('status', '=', 'failed').as('failed'),
    ])
    .executeTakeFirstOrThrow()
  if (failed > 0) throw new Error(`expected every backtest to complete, ${failed} failed`)
  return completed
}

export const waitUntilCompleted = async (database: OpenDatabase, total: number): Promise<void> => {
  await waitFor(async () => (await countCompleted(database)) >= total, {
    describe: `${total} completed backtests`,
    everyMs: POLL_MS,
    limitMs: LIMIT_MS,
  })
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
