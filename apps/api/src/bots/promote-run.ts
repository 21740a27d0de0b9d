import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import type { BotOrigin, CreateBotBody } from '@botcriptofy/contracts/bot'
import { applyParams } from '@botcriptofy/contracts/sweep'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Db } from '@botcriptofy/store/database'
import { findBestOrdinal, findRun, findRunSeries, type SweepRow } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { HttpProblem, notFound } from '../problem.ts'
import { refuseParameters, requireStrategy } from '../runs/prepare-run.ts'
import { requireRun } from '../runs/run-routes.ts'
import { sweepRunViewOf } from '../sweeps/sweep-view.ts'

export interface PromotedRun {
  readonly strategy: Strategy
  readonly market: { readonly venue: string; readonly symbol: string; readonly timeframe: string }
  readonly config: BacktestConfig
  readonly origin: BotOrigin
}

type From = NonNullable<CreateBotBody['from']>

/** Strategy, market and config of a finished run as a bot trades them, or why it cannot. */
export const promoteRun = async (db: Db, tenant: TenantScope, from: From): Promise<PromotedRun> => {
  const run =
    from.backtestId === undefined
      ? ({ kind: 'sweep', id: from.sweepId ?? '' } as const)
      : ({ kind: 'backtest', id: from.backtestId } as const)
  const row = await requireRun(db, tenant, run)
  const { members } = await findRunSeries(db, tenant, row.id)
  if (members !== null) {
    const symbols = members.map(({ symbol }) => symbol).join(', ')
    throw refuse(`expected a run over one symbol, was a portfolio of ${symbols}; a bot trades one`)
  }
  const ordinal = run.kind === 'backtest' ? 0 : (from.ordinal ?? (await requireBest(db, tenant, row)))
  const { params, measured } = await requireMeasured(db, tenant, { row, ordinal })
  return {
    strategy: strategyOf(row, params),
    market: { venue: row.venue, symbol: row.symbol, timeframe: row.timeframe },
    config: liveConfigOf(row),
    origin:
      run.kind === 'backtest'
        ? { kind: 'backtest', backtestId: row.id, isChanged: false, ...measured }
        : { kind: 'sweep', sweepId: row.id, ordinal, params, isChanged: false, ...measured },
  }
}

const refuse = (detail: string) => new HttpProblem('NOT_PROMOTABLE', { detail })

const requireBest = async (db: Db, tenant: TenantScope, { id, status }: SweepRow): Promise<number> => {
  const ordinal = await findBestOrdinal(db, tenant, id)
  if (ordinal !== undefined) return ordinal
  throw refuse(`expected a sweep with a completed run that has the objective, was ${status} without one`)
}

const requireMeasured = async (
  db: Db,
  tenant: TenantScope,
  { row, ordinal }: { readonly row: SweepRow; readonly ordinal: number },
) => {
  const run = await findRun(db, tenant, { sweepId: row.id, ordinal })
  if (run === undefined) {
    if (row.kind === 'sweep') throw notFound('finished run')
    throw refuse(`expected a completed backtest, was ${row.status}`)
  }
  const { params, metrics, error } = sweepRunViewOf(run)
  if (metrics === null || run.address === null) {
    throw refuse(`expected a completed run, was failed with ${error?.code ?? 'no reason'}`)
  }
  const measured = {
    metrics,
    resultAddress: run.address,
    datasetDigest: row.dataset_digest,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    engineRevision: row.engine_revision,
    isSimulated: row.is_simulated,
  }
  return { params, measured }
}

const strategyOf = (row: SweepRow, params: Readonly<Record<string, number>>): Strategy => {
  const applied = applyParams(requireStrategy(row.strategy, row), params)
  if (!applied.ok) throw refuseParameters(applied.error)
  return requireStrategy(applied.value, row)
}

/** The rules of the run without what cuts its candles: a bot has no first row and no last one. */
const liveConfigOf = (row: SweepRow): BacktestConfig => ({
  ...backtestConfigSchema.parse(row.config),
  rows: null,
  signalsFromBar: 0,
})
