import type { PortfolioChecks, RunChecks } from '@botcriptofy/engine/checks'
import type { PeriodicTables } from '@botcriptofy/engine/metrics'
import { sql } from 'kysely'
import type { Db } from '../database/index.ts'

/** A computed backtest under its content address; blobs are compressed columns or null when only numbers are kept. */
export interface BacktestResultRow {
  readonly address: string
  readonly engine: string
  readonly engineRevision: number
  readonly bars: number
  readonly lowSample: boolean
  readonly finalEquity: number
  readonly band: { readonly worst: number; readonly best: number; readonly ambiguousBars: number }
  readonly metrics: Readonly<Record<string, number | null>>
  readonly metricReasons: Readonly<Record<string, string>>
  readonly recommendations: readonly { readonly code: string; readonly text: string }[]
  readonly tradesSha256: string
  readonly tradeCount: number
  readonly blobs: { readonly trades: Buffer; readonly equity: Buffer } | null
  /** Of single backtests, and the checks of a sweep's first run; its other runs have none. */
  readonly analysis?:
    | { readonly checks: RunChecks | PortfolioChecks; readonly periodic?: PeriodicTables | undefined }
    | undefined
  /** What the report of a single backtest draws, packed by `packDetail`, or of a portfolio by `packPortfolioDetail`. */
  readonly detail?: Buffer | undefined
  /** Sums of its daily returns, packed by `packBlockReturns`; portfolios have none. */
  readonly blockReturns?: Buffer | undefined
  readonly computeMs: number
}

/** The same address holds the same numbers for ever, so a second insert only adds what was left out before. */
export const insertResults = async (tx: Db, rows: readonly BacktestResultRow[]): Promise<void> => {
  if (rows.length === 0) return
  // Two chunks may hold the same addresses; inserting in one order keeps their transactions from deadlocking.
  const ordered = rows.toSorted((a, b) => (a.address < b.address ? -1 : 1))
  await tx
    .insertInto('backtest_result')
    .values(
      ordered.map((row) => ({
        address: row.address,
        engine: row.engine,
        engine_revision: row.engineRevision,
        bars: row.bars,
        low_sample: row.lowSample,
        final_equity: row.finalEquity,
        band: JSON.stringify(row.band),
        metrics: JSON.stringify(row.metrics),
        metric_reasons: JSON.stringify(row.metricReasons),
        recommendations: JSON.stringify(row.recommendations),
        trades_sha256: row.tradesSha256,
        trade_count: row.tradeCount,
        trades: row.blobs?.trades ?? null,
        equity: row.blobs?.equity ?? null,
        checks: jsonOf(row.analysis?.checks),
        periodic: jsonOf(row.analysis?.periodic),
        detail: row.detail ?? null,
        block_returns: row.blockReturns ?? null,
        compute_ms: row.computeMs,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('address').doUpdateSet({
        trades: sql`coalesce(backtest_result.trades, excluded.trades)`,
        equity: sql`coalesce(backtest_result.equity, excluded.equity)`,
        checks: sql`coalesce(backtest_result.checks, excluded.checks)`,
        periodic: sql`coalesce(backtest_result.periodic, excluded.periodic)`,
        detail: sql`coalesce(backtest_result.detail, excluded.detail)`,
        block_returns: sql`coalesce(backtest_result.block_returns, excluded.block_returns)`,
      }),
    )
    .execute()
}

const jsonOf = (value: object | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value)

/** What is known already about these addresses. */
export const findResults = async (db: Db, addresses: readonly string[]) =>
  addresses.length === 0
    ? []
    : db
        .selectFrom('backtest_result')
        .select([
          'address',
          'metrics',
          sql<boolean>`trades is not null`.as('has_blobs'),
          sql<boolean>`checks is not null`.as('has_checks'),
          sql<boolean>`checks is not null and detail is not null`.as('has_analysis'),
        ])
        .where('address', 'in', addresses)
        .execute()
